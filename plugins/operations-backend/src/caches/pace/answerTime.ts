import { performance } from 'node:perf_hooks';

/** Own work beside a call that cannot hide its answer: sending it, and reading what comes. */
const OWN_MS = 0.25;

/**
 * Does something at a server, and says how long the server's answer took: the time that this
 * process spent waiting, not what it was doing itself meanwhile. If that was the greater part an
 * answer may have lain there unread, and how long it took is not known.
 */
export async function timed<T>(
  action: () => Promise<T>,
): Promise<{ value: T; ms: number | undefined }> {
  const begun = performance.now();
  const loop = performance.eventLoopUtilization();
  const value = await action();
  const all = performance.now() - begun;
  const waited = performance.eventLoopUtilization(loop).idle;
  const own = all - waited;
  return { value, ms: own <= Math.max(OWN_MS, waited) ? waited : undefined };
}
