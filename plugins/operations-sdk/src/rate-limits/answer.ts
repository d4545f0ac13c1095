import type { RateLimitDecision } from './RateLimiter';

/**
 * Type of the problem details of a refusal, as draft-ietf-httpapi-ratelimit-headers registers it.
 * @public
 */
export const QUOTA_EXCEEDED_TYPE =
  'https://iana.org/assignments/http-problem-types#quota-exceeded';

/**
 * Header fields that tell a client where it stands: `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-11, structured fields), and `Retry-After` for a refusal.
 * Without a limit there is nothing to tell. No partition key: it would give away a tenant or an
 * address.
 * @public
 */
export function rateLimitHeaders(
  decision: RateLimitDecision,
): Record<string, string> {
  const { quota, policy, allowed, remaining = 0, resetMs = 0 } = decision;
  if (!quota) return {};
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  const headers: Record<string, string> = {
    'ratelimit-policy': `"${policy}";q=${quota.limit};w=${quota.windowSeconds}`,
    ratelimit: `"${policy}";r=${remaining};t=${seconds}`,
  };
  if (!allowed) headers['retry-after'] = String(seconds);
  return headers;
}

/** Body of a 429, as RFC 9457 problem details. @public */
export function quotaExceededProblem(decision: RateLimitDecision): object {
  const seconds = Math.max(1, Math.ceil((decision.resetMs ?? 0) / 1000));
  return {
    type: QUOTA_EXCEEDED_TYPE,
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    status: 429,
    detail: `More than ${decision.quota?.limit} requests in ${decision.quota?.windowSeconds} s. Try again in ${seconds} s.`,
    'violated-policies': [decision.policy],
  };
}
