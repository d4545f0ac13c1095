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
 * outlived it by its TTL already.
 */
export const LOST_AFTER_MS: Record<LostReason, number> = {
  'worker-gone': 5_000,
  'worker-forgot': 60_000,
  'engine-forgot': 60_000,
  'engine-ended': 60_000,
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
  const heard = worker?.lastSeenAt
    ? ` It was last heard of at ${new Date(worker.lastSeenAt).toISOString()}.`
    : '';
  switch (reason) {
    case 'worker-gone':
      return `${who} stopped sending its heartbeat while it was executing this run.${heard} How far the run got is not known.`;
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
