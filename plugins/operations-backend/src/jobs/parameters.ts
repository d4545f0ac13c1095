import { createHash } from 'node:crypto';
import { InputError } from '@backstage/errors';
import {
  roundedNumbers,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { schemaPatternProblem } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import Ajv2020, {
  type ErrorObject,
  type ValidateFunction,
} from 'ajv/dist/2020';
import { fieldError, refusal, sentence } from '../lib/sentences';

const MAX_CACHED = 500;

/** Taken once: in Jest's sandbox a look at a global costs more than the check of an item. */
const { isArray } = Array;
const { keys } = Object;
const { stringify } = JSON;

/**
 * Checks parameters against a job's JSON Schema 2020-12. Schemas come from platforms: one that
 * cannot be compiled, or that reaches for something outside itself, is treated as saying no more
 * than "an object"; the worker has the last word anyway.
 */
export class ParameterRules {
  private readonly compiled = new Map<string, ValidateFunction | null>();

  /** @throws InputError naming the first wrong parameter */
  check(
    schema: Record<string, unknown> | null,
    parameters: Record<string, unknown>,
  ): void {
    const [rounded] = roundedNumbers(parameters);
    if (rounded) {
      throw refusal(
        InputError,
        sentence('field-rounded', { field: `body.parameters${rounded}` }),
      );
    }
    if (!schema) {
      const [first] = Object.keys(parameters);
      if (first !== undefined) {
        throw refusal(
          InputError,
          sentence('job-no-parameters', { field: 'body.parameters' }),
        );
      }
      return;
    }
    const validate = this.compile(schema);
    if (!validate || validate(parameters)) return;
    const [error] = validate.errors ?? [];
    const path = (error?.instancePath ?? '').replace(/\//g, '.');
    const extra = error?.params?.additionalProperty;
    if (!error) {
      throw refusal(
        InputError,
        sentence('field-invalid', { field: `body.parameters${path}` }),
      );
    }
    throw fieldError(
      InputError,
      `body.parameters${path}`,
      `${error.message ?? 'does not fit the schema'}${
        extra ? ` (\`${extra}\`)` : ''
      }`,
      wordsOf(error, `body.parameters${path}`),
    );
  }

  private compile(schema: Record<string, unknown>): ValidateFunction | null {
    const text = JSON.stringify(schema);
    const key = createHash('sha256').update(text).digest('hex');
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    if (this.compiled.size >= MAX_CACHED) this.compiled.clear();
    let validate: ValidateFunction | null = null;
    // A registration with such a pattern is refused, but one may be known from before.
    if (!schemaPatternProblem(schema)) {
      try {
        const ajv = new Ajv2020({
          strict: false,
          validateFormats: false,
          addUsedSchema: false,
          logger: false,
        });
        addUniqueItems(ajv);
        // an own id could clash with the meta schema's; a named dialect may be one that is not here
        const { $schema: _, $id: __, ...rest } = schema;
        validate = ajv.compile(rest);
      } catch {
        validate = null;
      }
    }
    this.compiled.set(key, validate);
    return validate;
  }
}

/**
 * Whether no two items are equal, in one pass: the library's own check compares each item with each
 * other one, and a caller chooses how many there are.
 */
function addUniqueItems(ajv: Ajv2020): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    validate: (isAsked: boolean, items: unknown[]) =>
      !isAsked || new Set(items.map(canonical)).size === items.length,
  });
}

/** What is the same for equal values, and only for them: of a list or an object, a text. */
function canonical(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  // Parameters have no text with a NUL character.
  return `\0${canonicalText(value)}`;
}

/** JSON with the fields in order; `JSON.stringify` with a replacer takes several times as long. */
function canonicalText(value: unknown): string {
  if (value === null || typeof value !== 'object') return stringify(value);
  if (isArray(value)) return `[${value.map(canonicalText).join()}]`;
  // One pass without lists in between: there may be tens of thousands of such objects.
  const names = keys(value).sort();
  let text = '';
  for (const name of names) {
    const inner = (value as Record<string, unknown>)[name];
    text += `${text && ','}${stringify(name)}:${canonicalText(inner)}`;
  }
  return `{${text}}`;
}

/** What a schema asks for that the parameters do not have. */
function wordsOf(
  { keyword, params, message }: ErrorObject,
  field: string,
): Sentence {
  const { limit } = params;
  switch (keyword) {
    case 'required':
      return sentence('field-missing', {
        field: `${field}.${params.missingProperty}`,
      });
    case 'additionalProperties':
      return sentence('field-unknown', {
        field,
        names: params.additionalProperty,
      });
    case 'type':
      return sentence('field-type', { field, type: String(params.type) });
    case 'enum':
      return sentence('field-one-of', {
        field,
        options: params.allowedValues.map(String).join(', '),
      });
    case 'minimum':
      return sentence('field-at-least', { field, limit });
    case 'maximum':
      return sentence('field-at-most', { field, limit });
    case 'exclusiveMinimum':
      return sentence('field-above', { field, limit });
    case 'exclusiveMaximum':
      return sentence('field-below', { field, limit });
    case 'minLength':
      return sentence('field-too-short', { field, limit });
    case 'maxLength':
      return sentence('field-too-long', { field, limit });
    case 'minItems':
      return sentence('field-too-few', { field, limit });
    case 'maxItems':
      return sentence('field-too-many', { field, limit });
    case 'pattern':
      return sentence('field-form', { field, form: params.pattern });
    case 'format':
      return sentence('field-form', { field, form: params.format });
    default:
      return sentence('field-says', { field, problem: message ?? keyword });
  }
}
