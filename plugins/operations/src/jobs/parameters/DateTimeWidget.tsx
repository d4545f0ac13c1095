import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { WidgetProps } from '@rjsf/utils';
import { LocalTimeField } from '../../components/LocalTimeField';
import {
  localText,
  NO_TIME,
  type LocalChoice,
} from '../../components/localTime';
import { viewerZone } from '../../components/time';
import { jobMessages } from '../messages';

/**
 * A moment: typed in the viewer's zone, which is named, beside the instant that is sent. What
 * nobody changes is sent as it was.
 */
export function DateTimeWidget(props: WidgetProps) {
  const { t } = useTranslationRef(jobMessages);
  const { id, value, onChange, onBlur } = props;
  const [choice, setChoice] = useState(() => choiceOf(value));
  const zone = viewerZone();
  return (
    <LocalTimeField
      id={id}
      label={props.label}
      required={props.required}
      disabled={props.disabled || props.readonly}
      value={choice}
      step={1}
      problem={props.rawErrors?.length ? ' ' : undefined}
      help={
        choice.at !== undefined && typeof value === 'string'
          ? t('parameters.instant', { zone, instant: value })
          : t('parameters.zone', { zone })
      }
      onBlur={() => onBlur(id, value)}
      onChange={next => {
        setChoice(next);
        onChange(sent(next));
      }}
    />
  );
}

function choiceOf(value: unknown): LocalChoice {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? NO_TIME : { text: localText(at), at };
}

/** A text that stands for no moment is none that the schema allows, and so is never sent. */
function sent({ text, at }: LocalChoice): string | undefined {
  if (at !== undefined) return new Date(at).toISOString();
  return text || undefined;
}
