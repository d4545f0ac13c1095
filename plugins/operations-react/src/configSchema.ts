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
 * @param wanted - how a person says what is right: "a string"
 */
function optionalSetting<T>(
  wanted: string,
  jsonSchema: object,
  isRight: (value: unknown) => value is T,
): Setting<T | undefined> {
  return {
    '~standard': {
      version: 1,
      vendor: 'operations',
      validate: value =>
        value === undefined || isRight(value)
          ? { value }
          : {
              issues: [
                { message: `must be ${wanted}, not ${JSON.stringify(value)}` },
              ],
            },
      jsonSchema: { input: () => jsonSchema, output: () => jsonSchema },
    },
  };
}

export const optionalString = optionalSetting(
  'a string',
  { type: 'string' },
  (value): value is string => typeof value === 'string',
);

/** A page that asks more often than this is a burden to its backend. */
const LEAST_SECONDS = 5;
const MOST_SECONDS = 3600;

export const optionalSeconds = optionalSetting(
  `a number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
  { type: 'number', minimum: LEAST_SECONDS, maximum: MOST_SECONDS },
  (value): value is number =>
    typeof value === 'number' &&
    value >= LEAST_SECONDS &&
    value <= MOST_SECONDS,
);
