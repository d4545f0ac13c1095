/**
 * Where a job stands in the inventory when what needs somebody comes first, as one number: the rank
 * of its state, then the newest run first.
 */
import { isActive, isFailure } from '../runs/runRow';

const RANK_SPAN = 1e14;
/** Below this, the job has failed, missed a slot, or breaks what it declares. */
export const NEEDS_SOMEBODY = 2 * RANK_SPAN;

export const STATUS_RANK: Record<string, number> = {
  failed: 0,
  'timed-out': 1,
  lost: 2,
  cancelling: 3,
  running: 4,
  queued: 5,
  refused: 6,
  cancelled: 7,
  succeeded: 8,
  never: 99,
};

export function attentionOf(job: {
  lastStatus: string;
  lastRunAt: number;
  failingTenants: number;
  missed: boolean;
  breached: boolean;
  silent: boolean;
}): number {
  let rank = 3;
  if (isFailure(job.lastStatus) || job.failingTenants > 0 || job.missed) {
    rank = 0;
  } else if (job.breached) rank = 1;
  else if (isActive(job.lastStatus)) rank = 2;
  else if (job.silent) rank = 5;
  else if (job.lastStatus === 'never') rank = 4;
  return rank * RANK_SPAN + (RANK_SPAN - 1 - job.lastRunAt);
}
