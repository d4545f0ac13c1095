import { z } from 'zod';
import {
  formatAddress,
  formatCidr,
  overrideLimitSchema,
  overrideSubjectSchema,
  parseAddress,
  parseCidr,
  quotaSchema,
  readClientAddress,
  tenantSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  reasonSchema,
  timedControlFields,
  timedControlStateSchema,
} from '../lib';

/** An override of a rate limit. */
export const rateLimitOverrideSchema = z.object({
  ...timedControlFields,
  subject: overrideSubjectSchema,
  limit: overrideLimitSchema,
  /** the limiter it is for; absent: all */
  limiter: z.string().optional(),
});
/** @public */
export type RateLimitOverride = z.infer<typeof rateLimitOverrideSchema>;

/** Query of `GET /rate-limit-overrides`; the latest end first. */
export const rateLimitOverridesQuerySchema = pageQuerySchema.extend({
  state: listParameter(timedControlStateSchema),
  /** part of a tenant's name, an address or a network */
  subject: z.string().trim().min(1).max(400).optional(),
});
export type RateLimitOverridesQuery = z.infer<
  typeof rateLimitOverridesQuerySchema
>;

/**
 * A subject as a person writes it: any spelling of an address, also with a port, as logs show it; a
 * network must not have bits behind its prefix.
 */
export const overrideSubjectInputSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tenant'), tenant: tenantSchema }),
    z.strictObject({ kind: z.literal('ip'), ip: z.string().max(100) }),
    z.strictObject({ kind: z.literal('cidr'), cidr: z.string().max(100) }),
  ])
  .transform((subject, context) => {
    if (subject.kind === 'ip') {
      const address = readClientAddress(subject.ip);
      if (address) return { kind: 'ip' as const, ip: formatAddress(address) };
      context.addIssue({
        code: 'custom',
        path: ['ip'],
        message: 'not an IPv4 or IPv6 address',
        params: { code: 'override-address' },
      });
      return z.NEVER;
    }
    if (subject.kind === 'cidr') {
      const cidr = parseCidr(subject.cidr);
      if (!cidr) {
        context.addIssue({
          code: 'custom',
          path: ['cidr'],
          message: 'not a network, such as 192.0.2.0/24 or 2001:db8::/32',
          params: { code: 'override-form' },
        });
        return z.NEVER;
      }
      const base = parseAddress(
        subject.cidr.slice(0, subject.cidr.lastIndexOf('/')),
      );
      if (formatAddress(base!) !== formatAddress(cidr.network)) {
        context.addIssue({
          code: 'custom',
          path: ['cidr'],
          message: `has bits behind its prefix; did you mean ${formatCidr(
            cidr,
          )}?`,
          params: {
            code: 'override-bits',
            values: { network: formatCidr(cidr) },
          },
        });
        return z.NEVER;
      }
      return { kind: 'cidr' as const, cidr: formatCidr(cidr) };
    }
    return subject;
  });

/**
 * Body of `POST /rate-limit-overrides`. It begins now, unless said otherwise; it always has an end.
 */
export const createOverrideSchema = z.strictObject({
  subject: overrideSubjectInputSchema,
  limit: overrideLimitSchema,
  limiter: z.string().min(1).max(63).optional(),
  startsAt: instantSchema.optional(),
  endsAt: instantSchema,
  reason: reasonSchema,
});

/** What is configured of overrides. */
const overrideRulesSchema = z.object({
  maxDurationMs: z.number(),
  maxFactor: z.number(),
  unlimitedAllowed: z.boolean(),
  /** fewest prefix bits of a network */
  minPrefixV4: z.number(),
  minPrefixV6: z.number(),
});
export type OverrideRules = z.infer<typeof overrideRulesSchema>;

/** Query of `GET /rate-limit-overrides/preview`. */
export const overridePreviewQuerySchema = z.object({
  subjectKind: z.enum(['tenant', 'ip', 'cidr']),
  subject: z.string().min(1).max(400),
  limitKind: z.enum(['multiplier', 'fixed', 'unlimited']),
  factor: z.coerce.number().positive().max(1_000_000).optional(),
  limit: z.coerce.number().int().positive().max(1_000_000_000).optional(),
  windowSeconds: z.coerce.number().int().positive().max(86_400).optional(),
  limiter: z.string().min(1).max(63).optional(),
});
export type OverridePreviewQuery = z.infer<typeof overridePreviewQuerySchema>;

/**
 * What a subject did in the last hour at one limiter, and what it could have done. Estimated minute
 * by minute.
 */
export const overridePreviewSchema = z.object({
  subject: overrideSubjectSchema,
  /** addresses in a network */
  addresses: z.number().optional(),
  limiters: z.array(
    z.object({
      limiter: z.string(),
      quota: quotaSchema,
      /** null: unlimited */
      becomes: quotaSchema.nullable(),
      passed: z.number(),
      refused: z.number(),
      /** of those refused, how many would have passed */
      wouldHavePassed: z.number(),
      /** of those that passed, how many would have been refused */
      wouldHaveBeenRefused: z.number(),
      minutes: z.array(
        z.object({ at: z.string(), passed: z.number(), refused: z.number() }),
      ),
    }),
  ),
  /** an override that would be more specific, or the one in force for the same subject */
  inForce: rateLimitOverrideSchema.optional(),
});
export type OverridePreview = z.infer<typeof overridePreviewSchema>;

/** What limiters count now, the busiest first. */
export const rateLimitUsageSchema = z.object({
  limiters: z.array(
    z.object({
      name: z.string(),
      tenant: quotaSchema.optional(),
      address: quotaSchema.optional(),
      seenAt: z.string(),
    }),
  ),
  subjects: z.array(
    z.object({
      limiter: z.string(),
      kind: z.enum(['tenant', 'address']),
      name: z.string(),
      quota: quotaSchema.optional(),
      /** in the last whole minute and the one that runs */
      passed: z.number(),
      refused: z.number(),
      /** in the last hour */
      passedLastHour: z.number(),
      refusedLastHour: z.number(),
    }),
  ),
  asOf: z.string(),
  rules: overrideRulesSchema,
});
export type RateLimitUsage = z.infer<typeof rateLimitUsageSchema>;
