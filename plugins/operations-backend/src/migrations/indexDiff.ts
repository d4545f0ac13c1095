import type { IndexDiff } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  IndexSpec,
  ModelIndexes,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { groupBy } from '../lib/groupBy';

type Index = IndexDiff['missing'][number];

/** What the server adds to an index by itself, and its mere name. */
const IGNORED = new Set([
  ...['v', 'ns', 'background', 'name', 'key', 'textIndexVersion'],
  ...['2dsphereIndexVersion', 'session', 'comment'],
]);

/** What an option is where it is not given; `false` and `null` are so for every option. */
const DEFAULTS: Record<string, unknown> = {
  ...{ bits: 26, min: -180, max: 180, hashVersion: 0 },
  ...{ default_language: 'english', language_override: 'language' },
};
/** Of a collation; of some locales another one, by the version of the server. */
const COLLATION_DEFAULTS: Record<string, unknown> = {
  ...{ strength: 3, caseFirst: 'off', alternate: 'non-ignorable' },
  ...{ maxVariable: 'punct' },
};
const LOCALE_DEFAULTS: Record<string, Record<string, unknown>> = {
  fr_CA: { backwards: true },
  da: { caseFirst: 'upper' },
  mt: { caseFirst: 'upper' },
  th: { alternate: 'shifted' },
};
/** The two names of a language of a text index. */
const LANGUAGES: Record<string, string> = Object.fromEntries(
  (
    'da danish|nl dutch|en english|fi finnish|fr french|de german|hu hungarian|it italian|' +
    'nb norwegian|pt portuguese|ro romanian|ru russian|es spanish|sv swedish|tr turkish'
  )
    .split('|')
    .map(names => names.split(' ')),
);

/**
 * Compares the indexes that models declare with those of their collections. Models of one
 * collection are compared as one: an inherited model must not seem to drop the index of its
 * sibling. Indexes are equal by what they mean: by their fields, in order (of text fields the order
 * says nothing), and options, where the server's defaults are as good as left out. The index on
 * `_id` is not compared.
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
      ([, o]) =>
        JSON.stringify(o.keys) === JSON.stringify(index.keys) ||
        // a collection has one text index: another is made in its place
        (isText(o) && isText(index)),
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
  const text = textPart(spec);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries({ ...spec.options, ...text })) {
    const meant = meaningOf(name, value);
    if (IGNORED.has(name) || isDefault(name, meant)) continue;
    options[name] = meant;
  }
  return { keys: keysOf(spec, text), options: sorted(options), models: [] };
}

/** @returns undefined if it is no text index, else the weight of each of its fields */
function textPart({ keys, options }: IndexSpec) {
  const fields = keys
    .filter(([field, kind]) => kind === 'text' && field !== '_fts')
    .map(([field]) => [field, 1] as const);
  if (!fields.length && !keys.some(isServersText)) return undefined;
  // a field that only the weights name is indexed as well
  const weights = isObject(options.weights) ? options.weights : {};
  return { weights: { ...Object.fromEntries(fields), ...weights } };
}

/** The server lists a text index as `_fts` and `_ftsx`, with its fields among its weights. */
function keysOf(
  { keys }: IndexSpec,
  text: ReturnType<typeof textPart>,
): Index['keys'] {
  const isTextKey = (key: Index['keys'][number]) =>
    key[1] === 'text' || isServersText(key);
  const first = text ? keys.findIndex(isTextKey) : keys.length;
  const plain = (some: Index['keys']): Index['keys'] =>
    some
      .filter(key => !text || !isTextKey(key))
      .map(([field, kind]) => [field, number(kind)]);
  return [
    ...plain(keys.slice(0, first)),
    ...Object.keys(text?.weights ?? {})
      .sort()
      .map((field): Index['keys'][number] => [field, 'text']),
    ...plain(keys.slice(first)),
  ];
}

function isServersText([field]: Index['keys'][number]): boolean {
  return field === '_fts' || field === '_ftsx';
}

function isText({ keys }: Index): boolean {
  return keys.some(([, kind]) => kind === 'text');
}

/** The one way to write what an option means. */
function meaningOf(name: string, value: unknown): unknown {
  if (name === 'weights' && isObject(value)) {
    return withoutDefaults(value, weight => weight === 1);
  }
  if (name === 'default_language' && typeof value === 'string') {
    return LANGUAGES[value.toLowerCase()] ?? value.toLowerCase();
  }
  if (name === 'collation' && isObject(value)) {
    const { version: _, ...parts } = value;
    const ofLocale = LOCALE_DEFAULTS[String(parts.locale)] ?? {};
    return withoutDefaults(parts, (part, at) =>
      [COLLATION_DEFAULTS[at] ?? false, ofLocale[at]].includes(part),
    );
  }
  return value;
}

function withoutDefaults(
  parts: Record<string, unknown>,
  isLeftOut: (value: unknown, name: string) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parts).filter(([name, value]) => !isLeftOut(value, name)),
  );
}

function isDefault(name: string, meant: unknown): boolean {
  if (meant === false || meant === null || meant === DEFAULTS[name]) {
    return true;
  }
  if (!isObject(meant)) return false;
  if (name === 'collation') return meant.locale === 'simple';
  return ['weights', 'storageEngine'].includes(name) && isEmpty(meant);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** 1, 1.0, 2 and NumberLong(1) are one direction. */
function number(kind: number | string): number | string {
  const direction = Math.sign(Number(kind));
  return kind === '' || Number.isNaN(direction) ? kind : direction;
}

function isOnId(index: Index): boolean {
  return index.keys.length === 1 && index.keys[0][0] === '_id';
}

function identity(index: Index): string {
  return JSON.stringify([index.keys, index.options]);
}

function equal(declared: Index, actual: Index): boolean {
  return identity(declared) === identity(actual);
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
