import { useState } from 'react';
import { ActionDialog } from '../components/actions';
import type { Outcome } from '../components/Outcomes';
import { absoluteTime } from '../components/time';
import { endAfter, EndField } from './EndField';

const HOUR = 3_600_000;

/** Puts the end of a control later. */
export function ExtendDialog<R>(props: {
  onClose: () => void;
  /** as the audit trail calls it */
  action: string;
  object: string;
  endsAt: string;
  perform: (
    endsAt: string,
    input: { reason: string; idempotencyKey: string },
  ) => Promise<R>;
  outcome: (result: R) => Outcome;
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
      open
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
      perform={input => props.perform(new Date(end.at!).toISOString(), input)}
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
