import { z } from 'zod';
import {
  entityRefSchema,
  flagKeySchema,
  flagTypeSchema,
  variantNameSchema,
  variantsSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  pageSchema,
  reasonSchema,
  ROUNDED,
  roundedNumbers,
} from '../lib';

/** A global flag. */
export const flagSchema = z.object({
  key: flagKeySchema,
  type: flagTypeSchema,
  description: z.string(),
  owner: z.string().optional(),
  tags: z.array(z.string()),
  variants: variantsSchema,
  /** what is served when nobody has thrown the switch */
  defaultVariant: variantNameSchema,
  /** what is served now; null: off, code uses its own default */
  serving: variantNameSchema.nullable(),
  /** up to when; and what then */
  until: z.string().optional(),
  afterVariant: variantNameSchema.nullable().optional(),
  staleAfter: z.string().optional(),
  /** past its `staleAfter` */
  stale: z.boolean(),
  /**
   * `config`: its definition is in the portal's configuration, and only its state is changed here
   */
  source: z.enum(['config', 'page']),
  /** for `If-Match` */
  etag: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  changedAt: z.string(),
  changedBy: z.string(),
  changeReason: z.string(),
  published: z.boolean(),
});
/** @public */
export type Flag = z.infer<typeof flagSchema>;

/** Answer of `GET /flags`. */
export const flagsPageSchema = pageSchema(flagSchema).extend({
  /** how many flags there are, whatever the query asks for */
  totals: z.object({
    flags: z.number().int(),
    /** serving something up to a time */
    temporary: z.number().int(),
    /** past their `staleAfter` */
    overdue: z.number().int(),
  }),
});
export type FlagsPage = z.infer<typeof flagsPageSchema>;

/** Query of `GET /flags`; by key. */
export const flagsQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().min(1).max(100).optional(),
  tag: listParameter(z.string().min(1).max(63)),
  owner: listParameter(z.string().min(1).max(300)),
  stale: z.enum(['true', 'false']).optional(),
});
export type FlagsQuery = z.infer<typeof flagsQuerySchema>;

const description = z.string().trim().max(1000);
const tags = z.array(z.string().min(1).max(63)).max(20);

/** Of a request, whose numbers are those that were meant. */
const givenVariantsSchema = variantsSchema.superRefine((variants, context) => {
  for (const path of roundedNumbers(variants)) {
    const [, ...names] = path.split('.');
    context.addIssue({
      code: 'custom',
      message: ROUNDED,
      path: names,
      params: { code: 'field-rounded' },
    });
  }
});

/** Body of `POST /flags`. A boolean flag needs no variants: they are `on` and `off`. */
export const createFlagSchema = z.strictObject({
  key: flagKeySchema,
  type: flagTypeSchema,
  description: description.default(''),
  owner: entityRefSchema.optional(),
  tags: tags.default([]),
  variants: givenVariantsSchema.optional(),
  defaultVariant: variantNameSchema,
  staleAfter: instantSchema.optional(),
  reason: reasonSchema,
});

/** Body of `PUT /flags/:key` (`If-Match` required): what is left out stays as it is. */
export const updateFlagSchema = z.strictObject({
  /** the variant to serve; null: off */
  variant: variantNameSchema.nullable().optional(),
  /** served up to then, and what was served before from then on */
  until: instantSchema.optional(),
  description: description.optional(),
  owner: entityRefSchema.nullable().optional(),
  tags: tags.optional(),
  staleAfter: instantSchema.nullable().optional(),
  variants: givenVariantsSchema.optional(),
  defaultVariant: variantNameSchema.optional(),
  reason: reasonSchema,
});
export type UpdateFlagRequest = z.infer<typeof updateFlagSchema>;

/**
 * Body of `POST /flags/:key/revert` (`If-Match` required): makes the flag as it was before a
 * change.
 */
export const revertFlagSchema = z.strictObject({
  changeId: z.string().min(1).max(100),
  reason: reasonSchema,
});

/** The part of a flag that changes; what history keeps. */
const flagStateSchema = z.object({
  description: z.string(),
  owner: z.string().optional(),
  tags: z.array(z.string()),
  variants: variantsSchema,
  defaultVariant: variantNameSchema,
  variant: variantNameSchema.nullable(),
  until: z.string().optional(),
  afterVariant: variantNameSchema.nullable().optional(),
  staleAfter: z.string().optional(),
});
export type FlagStateSnapshot = z.infer<typeof flagStateSchema>;

/** One change of a flag. */
export const flagChangeSchema = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  reason: z.string(),
  kind: z.enum(['created', 'changed', 'reverted', 'deleted']),
  before: flagStateSchema.optional(),
  after: flagStateSchema.optional(),
});
export type FlagChange = z.infer<typeof flagChangeSchema>;
