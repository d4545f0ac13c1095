import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is good; what was answered last is in the error. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  good: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (good(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  const shown = last instanceof Error ? String(last) : JSON.stringify(last);
  throw new Error(
    `${what}: not within ${timeoutMs} ms; last: ${shown?.slice(0, 2000)}`,
  );
}
