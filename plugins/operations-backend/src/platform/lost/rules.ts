/**
 * Which runs are lost: nobody executes them any more, and no report of their end will come.
 *
 * Two facts are compared. The worker's: each worker keeps a record in Redis that expires soon after
 * its last heartbeat, and that lists the runs it is executing. The engine's: where its queue has
 * the run. The engine is asked only where the worker leaves the question open ({@link
 * engineMatters}).
 *
 *   the worker's record expired                            worker-gone
 *   the worker lives, and its record lacks the run         worker-forgot
 *   the engine does not know the run                       engine-forgot
 *   the engine has the run as ended, and no report came    engine-ended
 *   the engine has it queued, or the worker has it         not lost
 *
 * One look proves nothing, so {@link LostRuns} declares a run lost only if
 *
 * - it looked so, for the same reason, at every look for as long as {@link LOST_AFTER_MS} says;
 * - every report that was on the stream at the first of these looks has been recorded since, for
 *   one of them may be the end of the run;
 * - Redis was reachable all that time, and workers have had time to report after an outage.
 *
 * A run that was declared lost by mistake is corrected by its worker's report of how it ended: that
 * state, and every later attempt, has a higher ordinal than `lost`.
 */
import { iso, utcText } from '../../lib/time';
import type { ActiveRun } from '../../jobs/ports';

/** Why a run is thought to be lost. */
export type LostReason =
  | 'worker-gone'
  | 'worker-forgot'
  | 'engine-forgot'
  | 'engine-ended';

/** What is known of the worker that has a run. */
export type WorkerFact =
  /** it lives, and does not deny the run */
  | 'alive'
  /** it lives, says what it executes, and this run is not among it */
  | 'denies'
  | 'gone'
  /** no report named a worker */
  | 'unknown';

/** Where the engine has the run; `unasked` where there was no need, or no answer. */
export type EngineFact = 'queued' | 'active' | 'ended' | 'unknown' | 'unasked';

/**
 * How long it must look lost before it is called lost, per reason. A dead worker's record has
 * outlived it by its TTL already. With the time that workers have after an outage, and with two
 * looks, it is less than a minute: so long after the end of any trouble everybody can see what
 * became of each run.
 */
export const LOST_AFTER_MS: Record<LostReason, number> = {
  'worker-gone': 5_000,
  'worker-forgot': 20_000,
  'engine-forgot': 20_000,
  'engine-ended': 20_000,
};

/** Whether the worker's fate leaves the question open, so that the engine must be asked. */
export function engineMatters(run: ActiveRun, worker: WorkerFact): boolean {
  return run.status === 'queued' || worker !== 'alive';
}

/** Whether a run looks lost now, and why. */
export function looksLost(
  run: ActiveRun,
  worker: WorkerFact,
  engine: EngineFact,
): LostReason | undefined {
  // it is on the queue (again): it will run
  if (engine === 'queued') return undefined;
  if (run.status !== 'queued' && worker === 'gone') return 'worker-gone';
  if (run.status !== 'queued' && worker === 'denies') return 'worker-forgot';
  if (run.status !== 'queued' && worker === 'alive') return undefined;
  if (engine === 'ended') return 'engine-ended';
  if (engine === 'unknown') return 'engine-forgot';
  return undefined;
}

/** The sentence that the run's page shows. */
export function explain(
  reason: LostReason,
  run: ActiveRun,
  worker?: { host?: string; lastSeenAt?: number },
): string {
  const who = run.workerId
    ? `Worker ${run.workerId}${worker?.host ? ` on ${worker.host}` : ''}`
    : 'Its worker';
  const lastSeen = worker?.lastSeenAt
    ? ` It was last heard of at ${utcText(iso(worker.lastSeenAt))}.`
    : '';
  switch (reason) {
    case 'worker-gone':
      return `${who} stopped sending its heartbeat while it was executing this run.${lastSeen} How far the run got is not known.`;
    case 'worker-forgot':
      return `${who} is alive but is not executing this run any more, and never reported how it ended.`;
    case 'engine-ended':
      return `The queue ${run.queue} holds this run as ended, but no worker ever reported how it ended.`;
    default:
      return run.status === 'queued'
        ? `The queue ${run.queue} does not know this run any more: its entry was removed or the queue was emptied before a worker took it.`
        : `The queue ${run.queue} does not know this run any more, and no worker reported how it ended.`;
  }
}
