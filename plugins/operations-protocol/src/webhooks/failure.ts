import { z } from 'zod';
import { tenantSchema, timestampSchema } from '../common';
import { webhookAttemptSchema, webhookErrorSchema } from './attempt';
import { webhookReplayOutcomeSchema } from './replay';
import {
  webhookEndpointIdSchema,
  webhookEventTypeSchema,
  webhookIdSchema,
} from './identity';

/**
 * Most characters of a payload that a report carries; what is longer is cut and says so.
 */
export const WEBHOOK_PAYLOAD_EXCERPT_LENGTH = 16_384;

/** What was to be delivered, as far as it may leave the platform. */
export const webhookPayloadSchema = z.object({
  contentType: z.string().max(200),
  size: z.number().int().nonnegative().describe('bytes of the whole body'),
  text: z
    .string()
    .max(WEBHOOK_PAYLOAD_EXCERPT_LENGTH)
    .optional()
    .describe('absent: withheld, `withheld` says why'),
  truncated: z.boolean().default(false),
  redacted: z
    .array(z.string().max(300))
    .max(200)
    .default([])
    .describe('paths whose values were replaced'),
  withheld: z.string().max(200).optional(),
});
export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;

/** A delivery that finally failed: its attempts are used up, or its time is. */
const webhookFailureRecordSchema = z.object({
  v: z.literal(1),
  kind: z.literal('failure'),
  tenant: tenantSchema,
  endpoint: webhookEndpointIdSchema,
  url: z
    .string()
    .max(500)
    .optional()
    .describe('of the endpoint, without credentials and query'),
  webhookId: webhookIdSchema,
  eventType: webhookEventTypeSchema,
  createdAt: timestampSchema,
  failedAt: timestampSchema,
  error: webhookErrorSchema.describe('of the last attempt that was made'),
  attempts: z.array(webhookAttemptSchema).min(1).max(200),
  payload: webhookPayloadSchema,
  replayableUntil: timestampSchema
    .optional()
    .describe('until when the platform keeps the bytes'),
});
export type WebhookFailureRecord = z.infer<typeof webhookFailureRecordSchema>;

/**
 * How an endpoint is doing, as its dispatcher sees it. `disabled`: it answered 410 Gone.
 */
export const webhookEndpointRecordSchema = z.object({
  v: z.literal(1),
  kind: z.literal('endpoint'),
  tenant: tenantSchema,
  endpoint: webhookEndpointIdSchema,
  url: z.string().max(500).optional(),
  state: z.enum(['up', 'down', 'disabled']),
  since: timestampSchema.describe('when it got into this state'),
  at: timestampSchema
    .optional()
    .describe('when this was said; default `since`'),
  openForMs: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe(
      'down: nothing is sent for so long from `at` on, then one to see',
    ),
  error: webhookErrorSchema.optional(),
});

/** What travels on the webhook-failures stream, field `record`. */
export const webhookReportSchema = z.discriminatedUnion('kind', [
  webhookFailureRecordSchema,
  webhookReplayOutcomeSchema,
  webhookEndpointRecordSchema,
]);
export type WebhookReport = z.infer<typeof webhookReportSchema>;
export type WebhookReportInput = z.input<typeof webhookReportSchema>;

/**
 * Length to which the failures stream may grow (approximately) before the oldest reports are lost.
 */
export const WEBHOOK_FAILURES_STREAM_MAX_LENGTH = 1_000_000;
