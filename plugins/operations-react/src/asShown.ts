import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';

/**
 * Fields whose texts are kept as they are: they go into a form or are copied. What shows them
 * (`Json`, `Diff`, `ParametersDiff`) shows their signs itself.
 */
const KEPT = new Set([
  'after',
  'before',
  'parameters',
  'payload',
  'result',
  'retriedParameters',
  'variants',
]);
/** Of a JSON Schema only these are words for a reader; anything else is part of its meaning. */
const SCHEMA = 'parametersSchema';
const SCHEMA_WORDS = new Set(['title', 'description']);
const SCHEMA_VALUES = new Set(['const', 'default', 'enum', 'examples']);

/**
 * An answer of the backend as a page shows it: in every text that somebody else may have written,
 * a character that would mislead the reader is a sign ({@link visibleText}). The same object where
 * there is none.
 */
export function asShown<T>(answer: T): T {
  return shown(answer) as T;
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  return mapped(value, (inner, name) => {
    if (name === SCHEMA) return shownSchema(inner);
    return name !== undefined && KEPT.has(name) ? inner : shown(inner);
  });
}

function shownSchema(schema: unknown): unknown {
  return mapped(schema, (inner, name) => {
    if (typeof inner !== 'string') {
      return name && SCHEMA_VALUES.has(name) ? inner : shownSchema(inner);
    }
    return name && SCHEMA_WORDS.has(name) ? visibleText(inner) : inner;
  });
}

/** A copy with other parts; the value itself where no part is another. */
function mapped(
  value: unknown,
  change: (inner: unknown, name?: string) => unknown,
): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map(item => change(item));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  const given = Object.entries(value);
  const fields = given.map(
    ([name, inner]) => [name, change(inner, name)] as const,
  );
  return fields.every(([, inner], i) => inner === given[i][1])
    ? value
    : Object.fromEntries(fields);
}
