/** Id that BullMQ gives to a scheduler's job for a slot; the scheduler is named as the job. */
export function schedulerJobId(jobName: string, slot: number): string {
  return `repeat:${jobName}:${slot}`;
}

/** The slot that a BullMQ job id claims to be for, if it has the shape of this job's scheduler's ids. A claim: anybody can choose an id. */
export function claimedSlot(
  jobName: string,
  engineJobId: string | undefined,
): number | undefined {
  const prefix = `repeat:${jobName}:`;
  if (!engineJobId?.startsWith(prefix)) {
    return undefined;
  }
  const millis = engineJobId.slice(prefix.length);
  return /^\d{1,15}$/.test(millis) ? Number(millis) : undefined;
}
