/** Reads fields of a job's hash. */

/** With how much delay (ms) a job was added: `opts` keeps that, `delay` is 0 once it is due. */
export function delayOf(opts: string | null | undefined): number | undefined {
  try {
    const { delay } = JSON.parse(opts ?? '{}') as { delay?: unknown };
    return typeof delay === 'number' ? delay : undefined;
  } catch {
    // not written by BullMQ: there is nothing to know
    return undefined;
  }
}

/**
 * The slot of a scheduler's job, epoch ms, is the last part of its id.
 * @param scheduler - as the hash names it, if it is a scheduler's job
 */
export function slotOf(
  jobId: string,
  scheduler: string | null | undefined,
): number | undefined {
  const slot = scheduler ? /^repeat:.*:(\d+)$/.exec(jobId)?.[1] : undefined;
  return slot === undefined ? undefined : Number(slot);
}
