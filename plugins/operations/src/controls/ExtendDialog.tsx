import { useState } from 'react';
import { absoluteTime, ActionDialog, HOUR } from '../components';
import { endAfter, EndField } from './EndField';

/** Moves the end of a control to a later time. */
export function ExtendDialog(props: {
  onClose: () => void;
  /** the name in the audit trail */
  action: string;
  endpoint: `POST ${'/rate-limit-overrides' | '/maintenance'}/:id/extend`;
  control: { id: string; endsAt: string };
  object: string;
  done: string;
}) {
  const { control, done, ...dialog } = props;
  const present = Date.parse(control.endsAt);
  const presentText = absoluteTime(present);
  const [end, setEnd] = useState(() => endAfter(present, HOUR));
  let problem: string | undefined;
  if (end.at === undefined) problem = 'Say until when';
  else if (end.at <= present) {
    problem = `Must be later than the present end, ${presentText}`;
  }
  return (
    <ActionDialog
      {...dialog}
      verb="Extend"
      facts={[
        `It would end at ${presentText}; it then ends at the time you give here.`,
        'You can still end it at any moment.',
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
          label="New end"
          value={end}
          onChange={setEnd}
          problem={insist || end.at === undefined ? problem : undefined}
        />
      )}
    </ActionDialog>
  );
}
