import type { ReactNode } from 'react';
import { DateTime } from 'luxon';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { commonMessages } from './messages';
import { doubtOf, momentsOf, readLocal, type LocalChoice } from './localTime';
import TextField, { SelectField } from './TextField';
import { viewerZone } from './time';

/**
 * Asks for a time in a zone. A time that the clocks skip is refused, and of one that they show
 * twice the field asks which is meant.
 */
export function LocalTimeField(props: {
  label: string;
  value: LocalChoice;
  onChange: (value: LocalChoice) => void;
  /** the viewer's, where it is not said */
  zone?: string;
  /** what the dialog has against it; what the field itself has against it comes first */
  problem?: string;
  help?: ReactNode;
  required?: boolean;
  disabled?: boolean;
  id?: string;
  /** the earliest time that is offered, as a `datetime-local` field has it */
  min?: string;
  /** in seconds; a minute, where it is not said */
  step?: number;
  onBlur?: () => void;
}) {
  const { t } = useTranslationRef(commonMessages);
  const { value, zone = viewerZone() } = props;
  const moments = momentsOf(value.text, zone);
  const doubt = doubtOf(value, zone);
  const clock = value.text.split('T')[1]?.slice(0, 5) ?? '';
  const problem = doubt
    ? t(`localTime.${doubt}`, { time: clock, zone })
    : props.problem;
  return (
    <div>
      <TextField
        {...(props.id && { id: props.id })}
        type="datetime-local"
        label={props.label}
        required={props.required}
        disabled={props.disabled}
        InputLabelProps={{ shrink: true }}
        inputProps={{ step: props.step ?? 60, min: props.min }}
        value={value.text}
        error={problem !== undefined}
        helperText={problem ?? props.help}
        onBlur={props.onBlur}
        onChange={event => props.onChange(readLocal(event.target.value, zone))}
      />
      {moments.length > 1 && (
        <SelectField
          label={t('localTime.which', { time: clock })}
          margin="dense"
          value={value.at ?? ''}
          error={doubt !== undefined}
          onChange={at => props.onChange({ ...value, at: Number(at) })}
          choices={moments.map((at, i) => [
            at,
            t(i === 0 ? 'localTime.first' : 'localTime.second', {
              offset: offsetText(at, zone),
            }),
          ])}
        />
      )}
    </div>
  );
}

/** "CEST (UTC+02:00)" where the locale has a name for it. */
function offsetText(at: number, zone: string): string {
  const time = DateTime.fromMillis(at, { zone });
  const offset = `UTC${time.toFormat('ZZ')}`;
  const name = time.offsetNameShort;
  return name && !/\d/.test(name) ? `${name} (${offset})` : offset;
}
