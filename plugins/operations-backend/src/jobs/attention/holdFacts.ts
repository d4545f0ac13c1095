import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { QueueHold } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { holdsOf } from '../queues/holds';
import type { CandidateRow } from './JobFactsStore';
import { jobPlace } from './places';
import { worded } from '../../attention/words';
import { sentence } from '../../lib/sentences';

/** Whether a queue may have holds that somebody should know of: its job is worth a look. */
export function mayBeHeld({ paused, rateLimit }: QueueState): boolean {
  return paused === true || rateLimit !== undefined;
}

/**
 * That somebody keeps runs back at the queue itself, by another tool: the portal shows why they
 * wait.
 * @param row - of the job; undefined where nobody declares it
 */
export function holdFacts(
  queue: QueueState,
  row: CandidateRow | undefined,
  now: Date,
): AttentionFact[] {
  if (!mayBeHeld(queue) && queue.waiting === 0) return [];
  const { jobId, waiting } = queue;
  const title = row?.registration?.title ?? jobKeyOf(jobId).name;
  const declared = row && (row.registration ?? {});
  return holdsOf(queue, declared).map(hold => ({
    key: `${jobId} queue-${hold.kind}`,
    kind: `queue-${hold.kind}`,
    severity: hold.kind === 'paused' && waiting > 0 ? 'high' : 'normal',
    ...worded(
      titleOf(hold, title),
      sentence('held-elsewhere', { count: waiting }),
    ),
    subject: { kind: 'job', ref: jobId, title },
    owner: row?.owner || undefined,
    since: now,
    place: jobPlace(jobId),
  }));
}

function titleOf(hold: QueueHold, job: string) {
  switch (hold.kind) {
    case 'paused':
      return sentence('queue-paused', { job });
    case 'rate-limit':
      return sentence('queue-rate-limit', {
        job,
        limit: hold.max,
        period: { ms: hold.durationMs },
      });
    default:
      return sentence('queue-concurrency', { job, limit: hold.concurrency });
  }
}
