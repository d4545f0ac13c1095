import { forms, optionsOf } from '../checked';

/** How often, and over which span, a delivery is tried. @public */
export interface RetryOptions {
  /** Attempts in all. Default 8. */
  attempts?: number;
  /** Milliseconds from the first attempt to the last, at most. Default 24 hours. */
  spanMs?: number;
}

export const retryForm = optionsOf<RetryOptions>(
  { attempts: forms.count.optional(), spanMs: forms.milliseconds.optional() },
  {
    retries: 'attempts',
    maxAttempts: 'attempts',
    maxRetries: 'attempts',
    delayMs: 'spanMs',
  },
);

/** {@link RetryOptions} with its defaults filled in. */
export type RetryPlan = Required<RetryOptions>;

/** Fills in the defaults. */
export function retryPlan(options: RetryOptions = {}): RetryPlan {
  return {
    attempts: Math.max(1, options.attempts ?? 8),
    spanMs: Math.max(0, options.spanMs ?? 24 * 3600 * 1000),
  };
}

/**
 * Milliseconds to wait after the `made`-th attempt: exponential with full jitter (a random share of
 * the whole step, so that what failed together does not come back together). The steps double and
 * add up to the span.
 * @param random - from [0, 1)
 */
export function backoffMs(
  plan: RetryPlan,
  made: number,
  random: () => number = Math.random,
): number {
  const first = plan.spanMs / (2 ** (plan.attempts - 1) - 1 || 1);
  return Math.round(first * 2 ** (made - 1) * random());
}

/**
 * Milliseconds that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date), at most
 * an hour.
 */
export function retryAfterMs(
  header: string | undefined,
  now: number,
): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : undefined;
  const ms = seconds === undefined ? Date.parse(header) - now : seconds * 1000;
  if (Number.isNaN(ms)) return undefined;
  return Math.min(Math.max(0, ms), 3_600_000);
}
