import type { IncomingMessage, ServerResponse } from 'node:http';
import { checked, forms, optionsOf } from '../checked';
import { quotaExceededProblem, rateLimitHeaders } from './answer';
import { limiterForm, type RateLimiter } from './RateLimiter';

/** @public */
export interface RateLimitMiddlewareOptions<Request> {
  /**
   * The tenant that a request is of, once it is known for sure: never what a client merely claims.
   */
  tenant?: (request: Request) => string | undefined;
  /** Default `request.ip`: behind a proxy set `trust proxy` (Express) or `trustProxy` (Fastify). */
  ip?: (request: Request) => string | undefined;
}

const optionsForm = optionsOf<RateLimitMiddlewareOptions<any>>(
  { tenant: forms.callback.optional(), ip: forms.callback.optional() },
  { keyGenerator: 'tenant', address: 'ip' },
);

/** @throws TypeError that names the middleware, and what is wrong with its arguments */
export function checkMiddleware(
  name: string,
  limiter: RateLimiter,
  options: RateLimitMiddlewareOptions<any>,
): void {
  checked(`${name}: limiter`, limiterForm, limiter);
  checked(name, optionsForm, options);
}

type ExpressRequest = IncomingMessage & { ip?: string };

/** Middleware for Express (and Connect). @public */
export function expressRateLimit<R extends ExpressRequest = ExpressRequest>(
  limiter: RateLimiter,
  options: RateLimitMiddlewareOptions<R> = {},
) {
  checkMiddleware('expressRateLimit', limiter, options);
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
