import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { absoluteTime, ActionDialog, HOUR } from '../components';
import { endAfter, EndField } from './EndField';
import { controlMessages } from './messages';

/** Moves the end of a control to a later time. */
export function ExtendDialog(props: {
  onClose: () => void;
  /** the name in the audit trail */
  action: string;
  endpoint: `POST ${'/rate-limit-overrides' | '/maintenance'}/:id/extend`;
  control: { id: string; endsAt: string };
  /** "Extend the override for acme" */
  title: string;
  done: string;
}) {
  const { t } = useTranslationRef(controlMessages);
  const { control, done, ...dialog } = props;
  const present = Date.parse(control.endsAt);
  const presentText = absoluteTime(present);
  const [end, setEnd] = useState(() => endAfter(present, HOUR));
  let problem: string | undefined;
  if (end.at === undefined) problem = t('extend.missing');
  else if (end.at <= present) {
    problem = t('extend.tooEarly', { end: presentText });
  }
  return (
    <ActionDialog
      {...dialog}
      button={t('extend.button')}
      facts={[
        t('extend.facts.end', { end: presentText }),
        t('extend.facts.anytime'),
      ]}
      valid={problem === undefined}
      params={{ id: control.id }}
      body={() => ({ endsAt: new Date(end.at!).toISOString() })}
      outcome={() => done}
    >
      {insist => (
        <EndField
          more
          from={present}
          label={t('extend.label')}
          value={end}
          onChange={setEnd}
          problem={insist || end.at === undefined ? problem : undefined}
        />
      )}
    </ActionDialog>
  );
}
