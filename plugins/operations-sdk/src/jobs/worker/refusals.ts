/**
 * The records of runs that do not start. A refusal never touches the record of the run whose id it
 * bears: what is refused is the further execution, under an id of its own.
 */
import type { Job } from 'bullmq';
import { separateRunId } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecordInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { recordBase, type RunFacts } from '../run/record';
import { manualRunRefusal, type Refusal } from '../run/request';
import { CLOCK_TOLERANCE_MS, type Proof } from '../schedule/proof';
import type { Admission, AdmissionContext } from './admission';

/** A guarded run whose schedule is not proven. */
export function withoutProof(
  proof: Proof,
  slot: number | undefined,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  switch (proof.kind) {
    case 'early':
      return promoted(slot!, run, context);
    case 'missed':
      return refused(run, proof.refusal, context);
    case 'again':
    case 'past':
      return startedBefore(run, context);
    default:
      return notScheduled(run, context);
  }
}

function notScheduled(run: RunFacts, context: AdmissionContext): Admission {
  const why = 'this run does not come from its schedule';
  return refused(run, manualRunRefusal(context.definition, why), context);
}

/** The slot's first execution stays as it is; the further one is what is refused. */
export function startedBefore(
  run: RunFacts,
  context: AdmissionContext,
): Extract<Admission, { kind: 'reject' }> {
  const why =
    'its slot was started before, or is older than one that was; Redis came back older, or somebody put it back on the queue';
  const again = `again-${context.runtime.clock.now()}`;
  return refused(
    {
      ...run,
      runId: separateRunId(run.runId, again),
      attempt: 1,
      trigger: 'api',
      scheduledFor: undefined,
    },
    manualRunRefusal(context.definition, why),
    context,
  );
}

/** The run's own end stays as it is; the further attempt is what is refused. */
export function retriedByHand(
  job: Job,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  const why = 'somebody asked the queue to retry it';
  return refused(
    {
      ...run,
      runId: separateRunId(run.runId, `again-${job.attemptsMade}`),
      retryOf: run.runId,
      attempt: 1,
      trigger: 'retry',
    },
    manualRunRefusal(context.definition, why),
    context,
  );
}

/** Somebody promoted the schedule's job: that is refused, and the job waits for its slot again. */
function promoted(
  slot: number,
  run: RunFacts,
  context: AdmissionContext,
): Admission {
  const { clock } = context.runtime;
  if (slot - clock.now() <= CLOCK_TOLERANCE_MS) {
    return { kind: 'delay', until: slot };
  }
  const at = new Date(slot).toISOString();
  const why = `its run of ${at} was promoted before its time, and will run at its time`;
  const record = refusalRecord(
    {
      ...run,
      runId: separateRunId(run.runId, `promoted-${clock.now()}`),
      attempt: 1,
      trigger: 'api',
    },
    manualRunRefusal(context.definition, why),
    context,
  );
  return { kind: 'delay', until: slot, record };
}

export function refused(
  run: RunFacts,
  refusal: Refusal,
  context: AdmissionContext,
): Extract<Admission, { kind: 'reject' }> {
  const record = refusalRecord(run, refusal, context);
  return { kind: 'reject', record, message: refusal.message };
}

function refusalRecord(
  run: RunFacts,
  refusal: Refusal,
  { runtime, definition }: AdmissionContext,
): RunRecordInput {
  const now = new Date(runtime.clock.now()).toISOString();
  return {
    ...recordBase(definition.name, run),
    state: 'refused',
    at: now,
    endedAt: now,
    workerId: runtime.id,
    refusal,
  };
}

/** The worker that was executing the run died, and the run may not start again. */
export function lost(
  run: RunFacts,
  { definition, runtime }: AdmissionContext,
): Admission {
  const now = new Date(runtime.clock.now()).toISOString();
  const message = 'The worker that was running it died; it is not run again';
  const record: RunRecordInput = {
    ...recordBase(definition.name, {
      ...run,
      attempt: Math.max(1, run.attempt - 1),
      trigger: run.scheduledFor === undefined ? run.trigger : 'schedule',
    }),
    state: 'lost',
    at: now,
    endedAt: now,
    error: { name: 'WorkerDied', message },
  };
  return { kind: 'reject', record, message };
}
