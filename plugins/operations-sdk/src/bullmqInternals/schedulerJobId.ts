/**
 * Id that BullMQ gives to a scheduler's job for a slot; our schedulers are named as their queue.
 */
export function schedulerJobId(scheduler: string, slot: number): string {
  return `repeat:${scheduler}:${slot}`;
}

/**
 * The slot (epoch ms) that a BullMQ job id claims, if it has the shape of this scheduler's ids.
 * Only a claim: anybody who adds a job chooses its id.
 */
export function claimedSlot(
  scheduler: string,
  engineJobId: string | undefined,
): number | undefined {
  const prefix = `repeat:${scheduler}:`;
  if (!engineJobId?.startsWith(prefix)) {
    return undefined;
  }
  const millis = engineJobId.slice(prefix.length);
  // one id per slot: no leading zeros
  return /^(0|[1-9]\d{0,14})$/.test(millis) ? Number(millis) : undefined;
}
