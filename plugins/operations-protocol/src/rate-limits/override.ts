import { z } from 'zod';
import { tenantSchema, timestampSchema } from '../common';
import { controlRecordSchema } from '../controls';
import { formatAddress, parseAddress } from './address';
import { formatCidr, parseCidr } from './cidr';

/** An exact address, in its canonical spelling. */
const ipSubjectSchema = z.object({
  kind: z.literal('ip'),
  ip: z
    .string()
    .max(100)
    .refine(text => {
      const address = parseAddress(text);
      return address !== undefined && formatAddress(address) === text;
    }, 'an IPv4 or IPv6 address in canonical form'),
});

/** A network, in its canonical spelling. */
const cidrSubjectSchema = z.object({
  kind: z.literal('cidr'),
  cidr: z
    .string()
    .max(100)
    .refine(text => {
      const cidr = parseCidr(text);
      return cidr !== undefined && formatCidr(cidr) === text;
    }, 'an IPv4 or IPv6 network in canonical form'),
});

/** Whom an override is for. */
export const overrideSubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tenant'), tenant: tenantSchema }),
  ipSubjectSchema,
  cidrSubjectSchema,
]);
export type OverrideSubject = z.infer<typeof overrideSubjectSchema>;

/**
 * What an override makes of the limit: a multiple of it, a number of its own (per window, by
 * default the limiter's), or none at all.
 */
export const overrideLimitSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('multiplier'),
    factor: z.number().positive().max(1_000_000),
  }),
  z.object({
    kind: z.literal('fixed'),
    limit: z.number().int().positive().max(1_000_000_000),
    windowSeconds: z.number().int().positive().max(86_400).optional(),
  }),
  z.object({ kind: z.literal('unlimited') }),
]);
export type OverrideLimit = z.infer<typeof overrideLimitSchema>;

/** A rate-limit override. There is none without an end. */
export const rateLimitOverrideRecordSchema = controlRecordSchema.extend({
  startsAt: timestampSchema,
  endsAt: timestampSchema,
  limiter: z
    .string()
    .max(63)
    .optional()
    .describe('name of the limiter it is for; absent: every limiter'),
  subject: overrideSubjectSchema,
  limit: overrideLimitSchema,
});
/** @public */
export type RateLimitOverrideRecord = z.infer<
  typeof rateLimitOverrideRecordSchema
>;
