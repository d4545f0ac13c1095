/**
 * Reads once for all who ask within some time of each other. Whoever asks during a reading waits
 * for it; a reading that failed is not kept.
 */
export function cachedFor<T>(
  ms: number,
  read: (now: number) => Promise<T>,
  now: () => number = Date.now,
): { get(): Promise<T>; clear(): void } {
  let known: { at: number; value: Promise<T>; reading: boolean } | undefined;
  return {
    get() {
      const at = now();
      if (known && (known.reading || at - known.at < ms)) return known.value;
      const mine = { at, value: read(at), reading: true };
      known = mine;
      mine.value.then(
        () => {
          mine.reading = false;
        },
        () => {
          if (known === mine) known = undefined;
        },
      );
      return mine.value;
    },
    clear() {
      known = undefined;
    },
  };
}
