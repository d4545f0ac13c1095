import type { IndexDiff } from '@craft-easy/backstage-plugin-operations-common';
import type {
  IndexSpec,
  ModelIndexes,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { groupBy } from '../lib/groupBy';

type Index = IndexDiff['missing'][number];

/** What the server adds to an index by itself, and its mere name. */
const IGNORED = new Set([
  ...['v', 'ns', 'background', 'name', 'key', 'textIndexVersion'],
  ...['2dsphereIndexVersion', 'default_language', 'language_override'],
  ...['weights', 'session', 'comment'],
]);

/**
 * Compares the indexes that models declare with those of their collections. Models of one
 * collection are compared as one: an inherited model must not seem to drop the index of its
 * sibling. Indexes are equal by their fields, in order, and options; the index on `_id` is left
 * out.
 */
export function diffIndexes(models: ModelIndexes[]): IndexDiff[] {
  const collections = groupBy(models, model => model.collection);
  return [...collections].map(([collection, of]) => diff(collection, of));
}

function diff(collection: string, models: ModelIndexes[]): IndexDiff {
  const declared = gather(models, model => model.declared);
  const actual = gather(models, model => model.actual);
  const result: IndexDiff = {
    ...{ collection, missing: [], extra: [], changed: [], same: [] },
  };
  const left = new Map(actual.map(index => [identity(index), index]));
  const unmatched: Index[] = [];
  for (const index of declared) {
    const twin = [...left.entries()].find(([, other]) => equal(index, other));
    if (twin) {
      left.delete(twin[0]);
      result.same.push(index);
    } else {
      unmatched.push(index);
    }
  }
  for (const index of unmatched) {
    const other = [...left.entries()].find(
      ([, o]) => JSON.stringify(o.keys) === JSON.stringify(index.keys),
    );
    if (other) {
      left.delete(other[0]);
      result.changed.push({ declared: index, actual: other[1] });
    } else {
      result.missing.push(index);
    }
  }
  result.extra = [...left.values()];
  return result;
}

/** All indexes of a collection, each once, with the models that name it. */
function gather(
  models: ModelIndexes[],
  of: (model: ModelIndexes) => IndexSpec[],
): Index[] {
  const found = new Map<string, Index>();
  for (const model of models) {
    for (const spec of of(model)) {
      const index = normal(spec);
      if (isOnId(index)) continue;
      const key = identity(index);
      const known = found.get(key) ?? index;
      if (model.model && !known.models.includes(model.model)) {
        known.models.push(model.model);
      }
      found.set(key, known);
    }
  }
  return [...found.values()];
}

function normal(spec: IndexSpec): Index {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(spec.options)) {
    // false and null are what the server assumes: the same as leaving it out
    if (IGNORED.has(name) || value === false || value === null) continue;
    options[name] = value;
  }
  return { keys: textKeys(spec), options: sorted(options), models: [] };
}

/** The server lists a text index as `_fts`, with the fields among its weights. */
function textKeys(spec: IndexSpec): Index['keys'] {
  const weights = spec.options.weights;
  if (!spec.keys.some(([field]) => field === '_fts')) {
    return spec.keys.map(([field, kind]) => [field, number(kind)]);
  }
  return Object.keys((weights as object) ?? {})
    .sort()
    .map(field => [field, 'text']);
}

/** 1, 1.0 and NumberLong(1) are one direction. */
function number(kind: number | string): number | string {
  return typeof kind === 'string' && /^-?1(\.0)?$/.test(kind)
    ? Number(kind)
    : kind;
}

function isOnId(index: Index): boolean {
  return index.keys.length === 1 && index.keys[0][0] === '_id';
}

function identity(index: Index): string {
  return JSON.stringify([index.keys, index.options]);
}

function equal(declared: Index, actual: Index): boolean {
  if (JSON.stringify(declared.keys) !== JSON.stringify(actual.keys)) {
    return false;
  }
  const names = new Set([
    ...Object.keys(declared.options),
    ...Object.keys(actual.options),
  ]);
  return [...names].every(name => {
    const [want, have] = [declared.options[name], actual.options[name]];
    // the server completes a collation with its defaults
    if (name === 'collation' && isObject(want) && isObject(have)) {
      return Object.keys(want).every(part => want[part] === have[part]);
    }
    return JSON.stringify(sorted(want)) === JSON.stringify(sorted(have));
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  ) as T;
}
