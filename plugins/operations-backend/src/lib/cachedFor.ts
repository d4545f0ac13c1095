/**
 * Reads once for all who ask within some time of each other. A reading that failed is not kept, and
 * one that never ends holds up nobody for longer than that time.
 */
export function cachedFor<T>(
  ms: number,
  read: (now: number) => Promise<T>,
  now: () => number = Date.now,
): { get(): Promise<T>; clear(): void } {
  let known: { at: number; value: Promise<T> } | undefined;
  return {
    get() {
      const at = now();
      if (known && at - known.at < ms) return known.value;
      const mine = { at, value: read(at) };
      known = mine;
      mine.value.catch(() => {
        if (known === mine) known = undefined;
      });
      return mine.value;
    },
    clear() {
      known = undefined;
    },
  };
}
