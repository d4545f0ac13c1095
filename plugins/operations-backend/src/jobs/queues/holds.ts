import type { QueueHold } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';

/**
 * How a queue keeps runs back. Workers write a job's declared concurrency to its queue: only
 * another figure was set by somebody else.
 * @param declared - undefined: nobody declares the job
 */
export function holdsOf(
  { paused, rateLimit, concurrency }: QueueState,
  declared: { concurrency?: number } | undefined,
): QueueHold[] {
  const holds: QueueHold[] = [];
  if (paused) holds.push({ kind: 'paused' });
  if (rateLimit) holds.push({ kind: 'rate-limit', ...rateLimit });
  if (concurrency !== undefined) {
    const normal = declared ? declared.concurrency ?? concurrency : undefined;
    if (concurrency !== normal)
      holds.push({ kind: 'concurrency', concurrency });
  }
  return holds;
}
