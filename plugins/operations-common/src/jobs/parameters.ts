/** The parameters of a run as its handler finds them, by the JSON Schema of its job. */

type Fields = Record<string, unknown>;
type Schema = Fields | null | undefined;

/**
 * The parameters with which a run goes: those that were given, and the schema's default of each
 * other one. Nothing that was given is touched.
 */
export function effectiveParameters(
  schema: Schema,
  given: Fields | undefined,
): Fields {
  const result: Fields = { ...given };
  for (const [name, property] of propertiesOf(schema)) {
    const value = Object.hasOwn(result, name) ? result[name] : undefined;
    if (value === undefined) {
      if (property.default !== undefined) result[name] = property.default;
    } else if (isFields(value) && isFields(property.properties)) {
      result[name] = effectiveParameters(property, value);
    }
  }
  return result;
}

/** The names of given parameters that the schema has no more, and no longer allows. */
export function obsoleteParameters(
  schema: Schema,
  given: Fields | undefined,
): string[] {
  if (schema?.additionalProperties !== false || schema.patternProperties) {
    return [];
  }
  const known = new Set(propertiesOf(schema).map(([name]) => name));
  return Object.keys(given ?? {}).filter(name => !known.has(name));
}

/** The parameters without some. */
export function withoutParameters(
  given: Fields | undefined,
  names: string[],
): Fields {
  return Object.fromEntries(
    Object.entries(given ?? {}).filter(([name]) => !names.includes(name)),
  );
}

function propertiesOf(schema: Schema): Array<[string, Fields]> {
  const properties = isFields(schema?.properties) ? schema.properties : {};
  return Object.entries(properties).filter((entry): entry is [string, Fields] =>
    isFields(entry[1]),
  );
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
