/**
 * The outcome of some work, or an error if it takes too long. The work itself goes on; the caller
 * interrupts it in `onTimeout`, if that is possible.
 */
export async function withTimeout<T>(
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error = () => new Error(`no answer within ${ms} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
