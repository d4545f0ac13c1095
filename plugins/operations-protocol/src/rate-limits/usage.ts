import { z } from 'zod';
import { timestampSchema } from '../common';

export const quotaSchema = z.object({
  limit: z.number().int().positive(),
  windowSeconds: z.number().int().positive().max(86_400),
});

/**
 * A limiter as a platform process announces it, so that the portal can say what is normal.
 */
export const limiterRecordSchema = z.object({
  v: z.literal(1),
  name: z.string().min(1).max(63),
  tenant: quotaSchema.optional().describe('for requests of a known tenant'),
  address: quotaSchema.optional().describe('for requests without one'),
  seenAt: timestampSchema,
});
export type LimiterRecord = z.infer<typeof limiterRecordSchema>;

/** A limiter that was not announced for so long is not shown any more. */
export const LIMITER_TTL_MS = 10 * 60_000;

/** Minutes for which usage is kept in Redis. */
export const USAGE_MINUTES = 90;

/**
 * Most subjects that one process counts by name in a minute; the rest share `USAGE_OTHERS`.
 */
export const MAX_USAGE_SUBJECTS = 5_000;

/** Whether a request was let through. */
export type UsageVerdict = 'passed' | 'refused';

/**
 * Field of a usage hash: `p` or `r` (passed, refused), `t` or `i` (tenant, address), the name.
 * Addresses are client keys (IPv6 as /64). A request of a tenant counts twice: for the tenant and
 * for its address.
 */
export function usageField(
  verdict: UsageVerdict,
  kind: 'tenant' | 'address',
  name: string,
): string {
  return `${verdict === 'passed' ? 'p' : 'r'}:${
    kind === 'tenant' ? 't' : 'i'
  }:${name}`;
}

/** Reads a {@link usageField}. */
export function parseUsageField(field: string):
  | {
      verdict: UsageVerdict;
      kind: 'tenant' | 'address';
      name: string;
    }
  | undefined {
  const match = /^([pr]):([ti]):(.+)$/.exec(field);
  if (!match) return undefined;
  return {
    verdict: match[1] === 'p' ? 'passed' : 'refused',
    kind: match[2] === 't' ? 'tenant' : 'address',
    name: match[3],
  };
}
