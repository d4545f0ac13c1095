/** Id that BullMQ gives to a scheduler's job for a slot; our schedulers are named as their job. */
export function schedulerJobId(jobName: string, slot: number): string {
  return `repeat:${jobName}:${slot}`;
}

/**
 * The slot (epoch ms) that a BullMQ job id claims, if it has the shape of this job's scheduler's
 * ids. Only a claim: anybody who adds a job chooses its id.
 */
export function claimedSlot(
  jobName: string,
  engineJobId: string | undefined,
): number | undefined {
  const prefix = `repeat:${jobName}:`;
  if (!engineJobId?.startsWith(prefix)) {
    return undefined;
  }
  const millis = engineJobId.slice(prefix.length);
  // one id per slot: no leading zeros
  return /^(0|[1-9]\d{0,14})$/.test(millis) ? Number(millis) : undefined;
}
