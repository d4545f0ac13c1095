import type { RunStatus } from './run';

/** Whether nothing more is expected of a run with this status. */
export function isFinalStatus(status: RunStatus): boolean {
  return !['queued', 'running', 'cancelling'].includes(status);
}

/** Statuses that count as a failure in trends, streaks and the Attention panel. */
export const FAILURE_STATUSES = ['failed', 'timed-out', 'lost'] as const;
