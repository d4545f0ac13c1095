/** Which slot of a schedule a guarded run may claim. */
import { ConflictError, InputError } from '@backstage/errors';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  nextSlot,
  slotBefore,
} from '@craft-easy/backstage-plugin-operations-protocol/schedule';

/** Clocks differ: a run may begin this much before its slot. */
const EARLY_MS = 30_000;
const START_WITHIN_MS = 5 * 60_000;

/**
 * The slot whose window a moment is in.
 *
 * @param now - epoch ms, by the portal's clock
 * @throws ConflictError if no slot is due; InputError if the job has no cron expression
 */
export function claimableSlot(
  { name, schedule, startWithinMs }: JobRegistration,
  now: number,
): number {
  if (!schedule || !('cron' in schedule)) {
    throw new InputError(
      'body.schedule: a cron expression is needed: a guarded run claims one of its slots',
    );
  }
  const next = nextSlot(schedule, now);
  const last = slotBefore(schedule, now + 1);
  const half =
    next === undefined || last === undefined ? Infinity : (next - last) / 2;
  if (next !== undefined && next - now <= Math.min(EARLY_MS, half)) return next;
  const patience = Math.min(startWithinMs ?? START_WITHIN_MS, half);
  if (last !== undefined && now - last <= patience) return last;
  const due = next === undefined ? 'none' : new Date(next).toISOString();
  throw new ConflictError(
    `No slot of the job ${name} is due now; the next one: ${due}`,
  );
}
