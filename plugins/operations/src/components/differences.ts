/** A value before and after; `undefined` where there is none. */
export interface Compared {
  /** `mode`, `scope.kind`; empty for the whole */
  path: string;
  before: unknown;
  after: unknown;
  same: boolean;
}

type Fields = Record<string, unknown>;

/** Compares two objects field by field, in the order of the new one. */
export function compareFields(
  before: Fields = {},
  after: Fields = {},
): Compared[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].map(path => ({
    path,
    before: before[path],
    after: after[path],
    same: canonical(before[path]) === canonical(after[path]),
  }));
}

/** The leaves in which two values differ. */
export function differences(before: unknown, after: unknown): Compared[] {
  if (!isFields(before) || !isFields(after)) {
    const same = canonical(before) === canonical(after);
    return same ? [] : [{ path: '', before, after, same }];
  }
  return compareFields(before, after).flatMap(field =>
    differences(field.before, field.after).map(inner => ({
      ...inner,
      path: [field.path, inner.path].filter(Boolean).join('.'),
    })),
  );
}

/** JSON with sorted keys: the same for every order of an object's keys. */
export function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, v) =>
    isFields(v)
      ? Object.fromEntries(
          Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : v,
  );
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
