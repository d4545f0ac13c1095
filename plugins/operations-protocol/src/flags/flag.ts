import { z } from 'zod';
import { timestampSchema } from '../common';
import { controlRecordSchema } from '../controls';

/** Key of a flag, as code names it. */
export const flagKeySchema = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'letters, digits, dot, dash, underscore',
  );

export const flagTypeSchema = z.enum(['boolean', 'string', 'number', 'object']);
export type FlagType = z.infer<typeof flagTypeSchema>;

/** Name of a variant: `on`, `off`, `new-checkout`. */
export const variantNameSchema = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** The values a flag can have, by name; all of the flag's type. */
export const variantsSchema = z
  .record(variantNameSchema, z.json())
  .refine(v => Object.keys(v).length >= 1 && Object.keys(v).length <= 50, {
    message: 'between 1 and 50 variants',
    params: { code: 'flag-variant-count' },
  });

/** Whether a value is of a flag's type. */
function isOfType(value: unknown, type: FlagType): boolean {
  if (type === 'object') return typeof value === 'object' && value !== null;
  if (type === 'number') return typeof value === 'number' && isFinite(value);
  return typeof value === type;
}

/**
 * A flag. `variant` is served now; null means the flag is off altogether and code uses its own
 * default. With `until` it is served up to that moment, by the reader's clock, and `afterVariant`
 * from then on. A flag itself does not end.
 */
export const flagRecordSchema = controlRecordSchema
  .extend({
    id: flagKeySchema.describe('the key'),
    type: flagTypeSchema,
    variants: variantsSchema,
    variant: variantNameSchema.nullable(),
    until: timestampSchema.optional(),
    afterVariant: variantNameSchema.nullable().optional(),
  })
  .superRefine((flag, issues) => {
    for (const [name, value] of Object.entries(flag.variants)) {
      if (!isOfType(value, flag.type)) {
        issues.addIssue({
          code: 'custom',
          path: ['variants', name],
          message: `not a ${flag.type}`,
          params: { code: 'flag-value-type', values: { type: flag.type } },
        });
      }
    }
    for (const field of ['variant', 'afterVariant'] as const) {
      const name = flag[field];
      if (typeof name === 'string' && !Object.hasOwn(flag.variants, name)) {
        issues.addIssue({
          code: 'custom',
          path: [field],
          message: 'no such variant',
          params: { code: 'flag-no-variant' },
        });
      }
    }
    if (flag.until !== undefined && flag.afterVariant === undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['afterVariant'],
        message: 'what is served after `until`',
        params: { code: 'flag-after-until' },
      });
    }
  });
/** @public */
export type FlagRecord = z.infer<typeof flagRecordSchema>;
