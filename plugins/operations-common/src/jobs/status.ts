import type { RunStatus } from './run';

/** Whether nothing more is expected of a run with this status. @public */
export function isFinalStatus(status: RunStatus): boolean {
  return !['queued', 'running', 'cancelling'].includes(status);
}

/** Statuses that count as a failure in trends, streaks and the Attention panel. @public */
export const FAILURE_STATUSES = ['failed', 'timed-out', 'lost'] as const;
