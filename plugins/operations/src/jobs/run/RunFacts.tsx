import type { RunDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { Facts } from '../../components/Facts';
import { Json } from '../../components/Json';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { Person } from '../../components/Person';
import { absoluteTime, durationText } from '../../components/time';
import { Muted } from '../../components/text';
import { Unsigned, unsignedText } from '../Unsigned';
import { TRIGGER_TEXT } from '../words';

/** Who started a run, why, and its result. */
export function RunFacts({ run }: { run: RunDetail }) {
  return (
    <Facts
      facts={[
        [
          'Set going',
          <>
            {TRIGGER_TEXT[run.trigger]}
            {run.triggeredBy && (
              <>
                {' by '}
                <Person of={run.triggeredBy} />
              </>
            )}
            {run.reason && <em> “{run.reason}”</em>} <Unsigned run={run} />
          </>,
        ],
        ['Unsigned', unsignedText(run)],
        ['It claims', run.claims && <Claims claims={run.claims} />],
        ['Slot', run.scheduledFor && slotText(run.scheduledFor, run.lateMs)],
        ['Time range', run.timeRange && rangeText(run.timeRange)],
        ['Cancelled by', run.cancelledBy && <Person of={run.cancelledBy} />],
        [
          'Result',
          run.result !== undefined && run.result !== null && (
            <Json value={run.result} label="Result" />
          ),
        ],
      ]}
    />
  );
}

function slotText(slot: string, lateMs: number | undefined): string {
  const at = absoluteTime(slot);
  return lateMs === undefined
    ? at
    : `${at}, began ${durationText(lateMs)} late`;
}

/** What a request says of people, in words that do not take it for true. */
function Claims({ claims }: { claims: NonNullable<RunDetail['claims']> }) {
  const { triggeredBy, trigger, reason, cancelledBy, problem } = claims;
  return (
    <>
      {triggeredBy && (
        <>
          to be requested by <Person of={triggeredBy} />
          {trigger && ` (${TRIGGER_TEXT[trigger]})`}
        </>
      )}
      {reason && <em> “{reason}”</em>}
      {cancelledBy && (
        <>
          {' to be cancelled by '}
          <Person of={cancelledBy} />
        </>
      )}
      {problem && <Muted> but {problem}</Muted>}
    </>
  );
}

function rangeText({ from, to }: NonNullable<RunDetail['timeRange']>): string {
  return `${absoluteTime(from)} to ${absoluteTime(to)}`;
}

/** Where a run took place, for those who have to look there. */
export function RunWhereabouts({ run }: { run: RunDetail }) {
  const id = (text: string | undefined, what: string) =>
    text && <MiddleTruncate text={text} mono tail={12} copy={what} />;
  return (
    <Facts
      facts={[
        ['Worker', id(run.workerId, 'Copy worker id')],
        ['Queue id', id(run.engineJobId, 'Copy queue id')],
      ]}
    />
  );
}
