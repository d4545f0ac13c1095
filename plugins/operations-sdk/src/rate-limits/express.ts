import type { IncomingMessage, ServerResponse } from 'node:http';
import { quotaExceededProblem, rateLimitHeaders } from './answer';
import type { RateLimiter } from './RateLimiter';

/** @public */
export interface RateLimitMiddlewareOptions<Request> {
  /**
   * The tenant that a request is of, once it is known for sure: never what a client merely claims.
   */
  tenant?: (request: Request) => string | undefined;
  /** Default `request.ip`: behind a proxy set `trust proxy` (Express) or `trustProxy` (Fastify). */
  ip?: (request: Request) => string | undefined;
}

type ExpressRequest = IncomingMessage & { ip?: string };

/** Middleware for Express (and Connect). @public */
export function expressRateLimit<R extends ExpressRequest = ExpressRequest>(
  limiter: RateLimiter,
  options: RateLimitMiddlewareOptions<R> = {},
) {
  return (
    request: R,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    limiter
      .consume({
        tenant: options.tenant?.(request),
        ip: options.ip
          ? options.ip(request)
          : request.ip ?? request.socket.remoteAddress,
      })
      .then(decision => {
        for (const [name, value] of Object.entries(
          rateLimitHeaders(decision),
        )) {
          response.setHeader(name, value);
        }
        if (decision.allowed) {
          next();
          return;
        }
        response.statusCode = 429;
        response.setHeader('content-type', 'application/problem+json');
        response.end(JSON.stringify(quotaExceededProblem(decision)));
      })
      .catch(next);
  };
}
