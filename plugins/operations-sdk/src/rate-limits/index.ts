/**
 * Rate limits for platform code: a limiter per tenant and per address that obeys the portal's
 * overrides, as middleware for Express and Fastify and as a plain function (`limiter.consume`).
 *
 * @packageDocumentation
 */
export {
  RateLimiter,
  type RateLimiterOptions,
  type RateLimitClient,
  type RateLimitDecision,
} from './RateLimiter';
export type { ConnectionInput } from '../redis/connection';
export { expressRateLimit, type RateLimitMiddlewareOptions } from './express';
export { fastifyRateLimit } from './fastify';
export { rateLimitHeaders, quotaExceededProblem } from './answer';
