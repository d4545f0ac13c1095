/** How one parameter differs. */
export interface ParameterChange {
  name: string;
  kind: 'same' | 'changed' | 'added' | 'removed';
  before?: string;
  after?: string;
}

/** Compares parameters name by name, in the order of the new ones; without `before` all are `same`. */
export function diffParameters(
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
): ParameterChange[] {
  const names = [
    ...new Set([...Object.keys(after), ...Object.keys(before ?? {})]),
  ];
  return names.map(name => {
    const was = text(before?.[name]);
    const is = text(after[name]);
    if (!before || was === is) return { name, kind: 'same', after: is };
    if (was === undefined) return { name, kind: 'added', after: is };
    if (is === undefined) return { name, kind: 'removed', before: was };
    return { name, kind: 'changed', before: was, after: is };
  });
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : canonical(value);
}

/** JSON with sorted keys: the same whatever order an object was written in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(
          Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : v,
  );
}
