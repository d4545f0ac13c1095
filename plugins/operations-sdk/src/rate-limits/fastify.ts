import { quotaExceededProblem, rateLimitHeaders } from './answer';
import { checkMiddleware, type RateLimitMiddlewareOptions } from './express';
import type { RateLimiter } from './RateLimiter';

/** The parts of Fastify's reply that a hook needs. */
interface Reply {
  header(name: string, value: string): unknown;
  code(status: number): { send(payload: unknown): unknown };
}

/**
 * An `onRequest` hook for Fastify: `app.addHook('onRequest', fastifyRateLimit(limiter, …))`.
 * @public
 */
export function fastifyRateLimit<R extends { ip: string }>(
  limiter: RateLimiter,
  options: RateLimitMiddlewareOptions<R> = {},
) {
  checkMiddleware('fastifyRateLimit', limiter, options);
  return async (request: R, reply: Reply): Promise<unknown> => {
    const decision = await limiter.consume({
      tenant: options.tenant?.(request),
      ip: options.ip ? options.ip(request) : request.ip,
    });
    for (const [name, value] of Object.entries(rateLimitHeaders(decision))) {
      reply.header(name, value);
    }
    if (decision.allowed) return undefined;
    reply.header('content-type', 'application/problem+json');
    return reply.code(429).send(JSON.stringify(quotaExceededProblem(decision)));
  };
}
