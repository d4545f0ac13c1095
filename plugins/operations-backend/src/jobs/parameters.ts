import { createHash } from 'node:crypto';
import { InputError } from '@backstage/errors';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

const MAX_CACHED = 500;

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
    if (!schema) {
      const [first] = Object.keys(parameters);
      if (first !== undefined) {
        throw new InputError(`body.parameters: the job takes no parameters`);
      }
      return;
    }
    const validate = this.compile(schema);
    if (!validate || validate(parameters)) return;
    const [error] = validate.errors ?? [];
    const path = (error?.instancePath ?? '').replace(/\//g, '.');
    const extra = error?.params?.additionalProperty;
    throw new InputError(
      `body.parameters${path}: ${error?.message ?? 'does not fit the schema'}${
        extra ? ` (\`${extra}\`)` : ''
      }`,
    );
  }

  private compile(schema: Record<string, unknown>): ValidateFunction | null {
    const text = JSON.stringify(schema);
    const key = createHash('sha256').update(text).digest('hex');
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    if (this.compiled.size >= MAX_CACHED) this.compiled.clear();
    let validate: ValidateFunction | null = null;
    if (!hasPatterns(schema)) {
      try {
        const ajv = new Ajv2020({
          strict: false,
          validateFormats: false,
          addUsedSchema: false,
          logger: false,
        });
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
 * Patterns are regular expressions from outside that would run in this process, and may take for
 * ever on a text made for it. Where one is not plain, the schema is left to the worker, whose own
 * it is.
 */
function hasPatterns(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasPatterns);
  if (schema === null || typeof schema !== 'object') return false;
  return Object.entries(schema).some(([key, value]) => {
    if (key === 'pattern' && typeof value === 'string') return !isPlain(value);
    if (key === 'patternProperties' && value && typeof value === 'object') {
      if (Object.keys(value).some(p => !isPlain(p))) return true;
    }
    return hasPatterns(value);
  });
}

/**
 * No repetition of what itself repeats or branches: such a pattern cannot take more than polynomial
 * time.
 */
function isPlain(pattern: string): boolean {
  return (
    pattern.length <= 500 &&
    !/\([^)]*[*+{|][^)]*\)[*+{]/.test(pattern) &&
    !/\\\d/.test(pattern)
  );
}
