import { z } from 'zod';

/** The largest body that the API accepts. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Node's limit for the head of a request is 16 KiB. */
export const MAX_QUERY = 12_000;

type Schema = Record<string, any>;

const MAX_ITEMS = 3_000;

interface Making {
  filler: string;
  /** how long a text may be */
  length: number;
  /** whether limits of the schema hold */
  fits: boolean;
  /** how many items a list may have: of lists within lists few */
  items: number;
}

/** Bodies of the largest size: as the schema says, with texts beyond its limits, and others. */
export function largestBodies(body: z.ZodType, filler: string): string[] {
  const schema = z.toJSONSchema(body, {
    io: 'input',
    unrepresentable: 'any',
  }) as Schema;
  return [
    filled({ filler, fits: true }, schema),
    filled({ filler, fits: false }, schema),
    wideBody(filler),
  ];
}

const wideBodies = new Map<string, string>();

/** One long text, one long name, and many names. */
function wideBody(filler: string): string {
  let body = wideBodies.get(filler);
  if (body === undefined) {
    const many = Array.from({ length: 4_000 }, (_, i) => [
      `${filler.slice(0, 8)}${i}`,
      i,
    ]);
    body = largest(length =>
      JSON.stringify({
        reason: repeated(filler, length),
        [repeated(filler, Math.min(length, 20_000))]: 1,
        ...Object.fromEntries(many),
      }),
    );
    wideBodies.set(filler, body);
  }
  return body;
}

function filled(making: Pick<Making, 'filler' | 'fits'>, schema: Schema) {
  const defs = schema.$defs ?? {};
  const bodyOf = (length: number, items: number) =>
    JSON.stringify(valueOf({ ...making, length, items }, schema, defs));
  let items = MAX_ITEMS;
  while (Buffer.byteLength(bodyOf(1, items)) > MAX_BODY_BYTES) {
    items = Math.floor(items / 2);
  }
  return largest(length => bodyOf(length, items));
}

/** A body near the limit, whose size grows with the length of its texts. */
function largest(bodyOf: (length: number) => string): string {
  let length = 500;
  let body = bodyOf(length);
  const bytes = Buffer.byteLength(body);
  length = Math.ceil((length * MAX_BODY_BYTES) / bytes);
  do {
    body = bodyOf(length);
    length = Math.floor(length * 0.8);
  } while (Buffer.byteLength(body) > MAX_BODY_BYTES);
  return body;
}

function valueOf(
  making: Making,
  given: Schema | boolean,
  defs: Schema,
): unknown {
  if (typeof given === 'boolean') return repeated(making.filler, making.length);
  const schema: Schema = given.$ref
    ? defs[String(given.$ref).split('/').pop()!] ?? {}
    : given;
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return valueOf(making, choices[0], defs);
  switch ([schema.type].flat()[0]) {
    case 'string':
      return textOf(making, schema);
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'array': {
      const length = Math.min(schema.maxItems ?? MAX_ITEMS, making.items);
      const items = {
        ...making,
        length: Math.ceil(making.length / length),
        items: 3,
      };
      return Array.from({ length }, () =>
        valueOf(items, schema.items ?? {}, defs),
      );
    }
    case 'object': {
      const { properties = {}, additionalProperties } = schema;
      const fields = Object.entries<Schema>(properties).map(([name, inner]) => [
        name,
        valueOf(making, inner, defs),
      ]);
      const further = additionalProperties
        ? Array.from({ length: 20 }, (_, i) => [
            `${making.filler.trim().slice(0, 20)}${i}`,
            valueOf(making, additionalProperties, defs),
          ])
        : [];
      return Object.fromEntries([...fields, ...further]);
    }
    default:
      return repeated(making.filler, making.length);
  }
}

function textOf({ filler, length, fits }: Making, schema: Schema): string {
  if (!fits) return repeated(filler, length);
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z';
  if (schema.pattern) return 'nightly';
  const max = Math.min(length, schema.maxLength ?? length);
  return `x${repeated(filler, Math.max(0, max - 2))}x`;
}

function repeated(filler: string, length: number): string {
  return filler.repeat(Math.ceil(length / filler.length)).slice(0, length);
}
