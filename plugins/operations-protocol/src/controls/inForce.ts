/** Most records that one message carries. @public */
export const MAX_RECORDS_PER_MESSAGE = 100;

/** How often a reader compares revisions, as a net under the messages. @public */
export const CONTROLS_POLL_MS = 1_000;

/**
 * Whether a record is in force at a moment: from `startsAt` (inclusive) to `endsAt` (exclusive).
 * @param at - epoch milliseconds, of the reader's clock
 * @public
 */
export function isInForce(
  record: { startsAt?: string; endsAt?: string },
  at: number,
): boolean {
  if (record.startsAt && Date.parse(record.startsAt) > at) return false;
  if (record.endsAt && Date.parse(record.endsAt) <= at) return false;
  return true;
}
