import type { RJSFSchema, StrictRJSFSchema, UiSchema } from '@rjsf/utils';

type Schema = Record<string, unknown>;

/** A schema as the form library takes it, and how its fields look. */
export interface FormSchema {
  schema: RJSFSchema;
  /** says what is valid: the job's own */
  rules: RJSFSchema;
  uiSchema: UiSchema;
}

/**
 * A job's schema as a form: lists of a few known values are checkboxes, items of lists are
 * numbered, and each branch of a choice has a name. What is valid stays for the job's own schema to
 * say.
 */
export function formSchema(
  whole: Schema,
  itemOf: (list: string) => string,
): FormSchema {
  const { $schema: _draft, title: _title, ...rest } = whole;
  return {
    schema: named(rest) as RJSFSchema,
    rules: rest as RJSFSchema,
    uiSchema: looks(rest, itemOf),
  };
}

const BRANCHES = ['oneOf', 'anyOf'] as const;

/** The schema with names of branches, and lists of known values as sets. */
function named(schema: Schema): Schema {
  const result: Schema = { ...schema };
  if (isFields(schema.properties)) {
    result.properties = mapFields(schema.properties, named);
  }
  if (isFields(schema.items)) {
    result.items = named(schema.items);
    // The library offers a choice of several for sets alone.
    if (isKnown(schema.items)) result.uniqueItems = true;
  }
  for (const key of BRANCHES) {
    const branches = fieldsIn(schema[key]);
    if (branches.length > 0) {
      result[key] = branches.map(branch => ({
        ...named(branch),
        title: branchTitle(branch),
      }));
    }
  }
  return result;
}

/** "By tenant", "mail", "subject, body": what distinguishes a branch for whoever chooses. */
function branchTitle(branch: Schema): string {
  if (typeof branch.title === 'string') return branch.title;
  if ('const' in branch) return String(branch.const);
  const properties = isFields(branch.properties) ? branch.properties : {};
  const constants = Object.values(properties)
    .filter(isFields)
    .filter(property => 'const' in property)
    .map(property => String(property.const));
  const names = Object.entries(properties).map(([name, property]) =>
    isFields(property) && typeof property.title === 'string'
      ? property.title
      : name,
  );
  const words = constants.length > 0 ? constants : names;
  if (words.length > 0) return words.join(', ');
  return String(branch.type ?? branch.description ?? '–');
}

function looks(schema: Schema, itemOf: (list: string) => string): UiSchema {
  const result: UiSchema = {};
  if (isFields(schema.properties)) {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (isFields(property)) result[name] = propertyLooks(name, property);
    }
  }
  for (const key of BRANCHES) {
    const branches = fieldsIn(schema[key]);
    if (branches.length > 0) {
      result[key] = branches.map(branch => looks(branch, itemOf));
    }
  }
  return result;

  function propertyLooks(name: string, property: Schema): UiSchema {
    if (!isFields(property.items)) return looks(property, itemOf);
    if (isKnown(property.items)) {
      return { 'ui:widget': 'checkboxes', 'ui:inline': true };
    }
    const title = typeof property.title === 'string' ? property.title : name;
    const item = isFields(property.items) ? property.items : {};
    return {
      'ui:options': { orderable: false },
      items: {
        ...looks(item, itemOf),
        'ui:title': typeof item.title === 'string' ? item.title : itemOf(title),
      },
    };
  }
}

/** Whether the values are of a short list. */
function isKnown(schema: Schema): boolean {
  return Array.isArray((schema as StrictRJSFSchema).enum);
}

function mapFields(fields: Schema, map: (value: Schema) => Schema): Schema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isFields(value) ? map(value) : value,
    ]),
  );
}

function fieldsIn(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function isFields(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
