import { setTimeout as wait } from 'node:timers/promises';

/** Time that work takes; ends early, by throwing, when the signal is aborted. */
export async function takeTime(
  millis: number,
  signal?: AbortSignal,
): Promise<void> {
  await wait(millis, undefined, { signal });
}
