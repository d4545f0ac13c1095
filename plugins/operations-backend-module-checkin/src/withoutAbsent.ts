/** An object without the fields that are undefined, which would else replace what is known. */
export function withoutAbsent<T extends object>(values: T): T {
  const entries = Object.entries(values).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries) as T;
}
