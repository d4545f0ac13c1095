/**
 * Makes work follow each other: each begins when the one before it has ended, however it ended.
 *
 * @returns begins work when its turn has come
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
