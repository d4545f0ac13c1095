import { z } from 'zod';
import { timestampSchema } from '../common';

/** Why an attempt did not succeed, in classes that an operator treats alike. */
export const webhookErrorClassSchema = z.enum([
  'timeout',
  'connection',
  'dns',
  'tls',
  'redirect',
  'client-error',
  'server-error',
  'throttled',
  'gone',
  'forbidden-address',
  'circuit-open',
  'endpoint',
]);
export type WebhookErrorClass = z.infer<typeof webhookErrorClassSchema>;

/**
 * Why an attempt failed. `class` and `code` together are what failures are grouped by, so `code`
 * must not vary (`503`, `ECONNREFUSED`).
 */
export const webhookErrorSchema = z.object({
  class: webhookErrorClassSchema,
  code: z.string().min(1).max(60),
  message: z.string().max(1000),
});
export type WebhookError = z.infer<typeof webhookErrorSchema>;

/**
 * One attempt to deliver. Numbers go on through replays: each number of a delivery exists once.
 */
export const webhookAttemptSchema = z.object({
  n: z.number().int().min(1).max(100_000),
  at: timestampSchema.describe('when it began'),
  durationMs: z.number().nonnegative(),
  sent: z
    .boolean()
    .default(true)
    .describe('false: nothing was sent (circuit open, forbidden address)'),
  status: z.number().int().min(100).max(999).optional(),
  error: webhookErrorSchema.optional().describe('absent: a 2xx answer'),
  responseHeaders: z
    .record(z.string().max(200), z.string().max(500))
    .optional()
    .describe('an excerpt, without credentials'),
  responseBody: z.string().max(4000).optional().describe('its beginning'),
  replay: z
    .string()
    .max(200)
    .optional()
    .describe('id of the replay command it belongs to'),
});
export type WebhookAttempt = z.infer<typeof webhookAttemptSchema>;
