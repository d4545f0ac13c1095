import { useState } from 'react';
import type { OperationsApi } from '../api';
import { ActionDialog } from '../components/actions';
import { absoluteTime, HOUR } from '../components/time';
import { endAfter, EndField } from './EndField';

/** Moves the end of a control to a later time. */
export function ExtendDialog(props: {
  onClose: () => void;
  /** the name in the audit trail */
  action: string;
  object: string;
  endsAt: string;
  perform: (
    api: OperationsApi,
    input: { endsAt: string; reason: string; idempotencyKey: string },
  ) => Promise<{ auditId: string }>;
  outcome: () => string;
}) {
  const present = Date.parse(props.endsAt);
  const [end, setEnd] = useState(() => endAfter(present, HOUR));
  const [insist, setInsist] = useState(false);
  let problem: string | undefined;
  if (end.at === undefined) problem = 'Say until when';
  else if (end.at <= present) {
    problem = `Must be later than the present end, ${absoluteTime(present)}`;
  }
  return (
    <ActionDialog
      action={props.action}
      onClose={props.onClose}
      verb="Extend"
      object={props.object}
      facts={[
        `It would end at ${absoluteTime(
          present,
        )}; it then ends at the time you give here.`,
        'You can still end it at any moment.',
      ]}
      validate={() => {
        setInsist(true);
        return problem === undefined;
      }}
      perform={(api, input) =>
        props.perform(api, {
          ...input,
          endsAt: new Date(end.at!).toISOString(),
        })
      }
      outcome={props.outcome}
    >
      <EndField
        more
        from={present}
        label="New end"
        value={end}
        onChange={setEnd}
        problem={insist || end.at === undefined ? problem : undefined}
      />
    </ActionDialog>
  );
}
