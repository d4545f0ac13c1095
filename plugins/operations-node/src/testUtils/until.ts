import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';

/** How long tests wait, unless they say otherwise, for what normally takes less than a second. */
const PATIENCE_MS = 10_000;

/** A single look may take so long, also the last one. */
const LOOK_MS = 1_000;

/** How a test waits for a condition. @internal */
export interface Waiting {
  withinMs?: number;
  /** What the error shows where the condition does not come to hold. */
  seen?: () => unknown;
  everyMs?: number;
}

/**
 * Waits until a condition holds, asking again and again.
 * @throws Error naming the condition and what was seen last, long before the test's own time-out
 *   would end it without a word
 * @internal
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs = PATIENCE_MS, seen, everyMs = 5 }: Waiting = {},
): Promise<void> {
  // not Date: a test may set the clock
  const end = performance.now() + withinMs;
  const tooLate = (what: string) => () =>
    new Error(`Not within ${withinMs / 1_000} s: ${isSo}; ${what}`);
  for (;;) {
    const left = Math.max(LOOK_MS, end - performance.now());
    const asked = Promise.resolve(isSo());
    if (await withTimeout(left, asked, tooLate('the last look has no answer')))
      return;
    if (performance.now() >= end) {
      throw tooLate(seen ? `seen: ${await shown(seen)}` : 'it never held')();
    }
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
}

/**
 * The outcome of something that a test waits for.
 * @param what - says, in the error, what does not come and what was seen instead
 * @internal
 */
export function within<T>(
  what: () => string,
  work: Promise<T>,
  withinMs: number = PATIENCE_MS,
): Promise<T> {
  return withTimeout(
    withinMs,
    work,
    () => new Error(`Not within ${withinMs / 1_000} s: ${what()}`),
  );
}

async function shown(seen: () => unknown): Promise<string> {
  const value = await seen();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${text}`.slice(0, 2_000);
}
