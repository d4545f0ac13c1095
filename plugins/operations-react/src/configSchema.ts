import type { AppNode } from '@backstage/frontend-plugin-api';

/** The part of Standard Schema (https://standardschema.dev) that an extension's settings need. */
interface Setting<T> {
  '~standard': {
    version: 1;
    vendor: string;
    validate: (
      value: unknown,
    ) => { value: T } | { issues: Array<{ message: string }> };
    jsonSchema: { input: () => object; output: () => object };
    types?: { input: T; output: T };
  };
}

/**
 * A setting of an extension that need not be there. Written out, since zod would be part of what
 * every visitor downloads first.
 *
 * @param faultOf - what is wrong with a value, and what would be right; undefined: nothing
 */
function optionalSetting<T>(
  jsonSchema: object,
  faultOf: (value: unknown) => string | undefined,
): Setting<T | undefined> {
  return {
    '~standard': {
      version: 1,
      vendor: 'operations',
      validate(value) {
        const message = value === undefined ? undefined : faultOf(value);
        return message ? { issues: [{ message }] } : { value: value as T };
      },
      jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
    },
  };
}

/** @param wanted - how a person says what is right: "a string" */
const mustBe = (wanted: string, value: unknown) =>
  `must be ${wanted}, not ${JSON.stringify(value)}`;

export const optionalString = optionalSetting<string>(
  { type: 'string' },
  value => (typeof value === 'string' ? undefined : mustBe('a string', value)),
);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a filter of a page can be set to. */
export interface FilterRule {
  /** the values that there are; absent: any text */
  values?: readonly string[];
  /** it may have several values */
  several?: boolean;
}

/**
 * Values of filters by name, several of one as a list.
 * @param rules - the filters that can be set
 */
export function optionalFilters(rules: Readonly<Record<string, FilterRule>>) {
  const names = Object.keys(rules);
  return optionalSetting<Record<string, string | string[]>>(
    {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(rules).map(([name, rule]) => [name, schemaOf(rule)]),
      ),
      additionalProperties: false,
    },
    given => {
      if (names.length === 0) return 'is not for this page: it has no filters';
      if (!isObject(given)) {
        return mustBe(`filters by name (${names.join(', ')})`, given);
      }
      return Object.entries(given)
        .map(([name, value]) =>
          Object.hasOwn(rules, name)
            ? faultOfFilter(name, value, rules[name])
            : `${name} is no filter of this page; known are ${names.join(
                ', ',
              )}`,
        )
        .find(fault => fault !== undefined);
    },
  );
}

function schemaOf({ values, several }: FilterRule) {
  const one = { type: 'string', enum: values };
  return several ? { anyOf: [one, { type: 'array', items: one }] } : one;
}

function faultOfFilter(
  name: string,
  value: unknown,
  { values, several }: FilterRule,
): string | undefined {
  const list: unknown[] = several && Array.isArray(value) ? value : [value];
  if (!list.every(one => typeof one === 'string' && one !== '')) {
    return `${name} ${mustBe(
      several ? 'a text or a list of texts' : 'a text',
      value,
    )}`;
  }
  const wrong = values && list.find(one => !values.includes(one as string));
  return wrong === undefined
    ? undefined
    : `${name} ${mustBe(`one of ${values!.join(', ')}`, wrong)}`;
}

/**
 * Refuses what the portal's configuration says to an extension that has no such setting, which
 * Backstage leaves out without a word.
 *
 * @param node - of the extension
 * @param config - what Backstage took of its configuration
 * @param names - its settings, for the sentence
 * @throws Error when the portal starts
 */
export function refuseUnknownSettings(
  { spec: { id, config: given } }: AppNode,
  config: object,
  names: readonly string[],
): void {
  const unknown = Object.keys(given ?? {}).find(
    name => !Object.hasOwn(config, name),
  );
  if (unknown !== undefined) {
    throw new Error(
      `${unknown} is no setting of ${id}; known are ${names.join(', ')}`,
    );
  }
}

/** A page that asks more often than this is a burden to its backend. */
const LEAST_SECONDS = 5;
const MOST_SECONDS = 3600;

export const optionalSeconds = optionalSetting<number>(
  { type: 'number', minimum: LEAST_SECONDS, maximum: MOST_SECONDS },
  value =>
    typeof value === 'number' && value >= LEAST_SECONDS && value <= MOST_SECONDS
      ? undefined
      : mustBe(
          `a number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
          value,
        ),
);
