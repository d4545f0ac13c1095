/** A part of a value that may differ between before and after. */
export interface Difference {
  /** `mode`, `scope.kind`; empty for the whole */
  path: string;
  before: unknown;
  after: unknown;
}

/** How what was there before differs from what is there after, leaf by leaf; nothing where they are the same. */
export function differences(
  before: unknown,
  after: unknown,
  path = '',
): Difference[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap(name =>
      differences(before[name], after[name], path ? `${path}.${name}` : name),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after)
    ? []
    : [{ path, before, after }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
