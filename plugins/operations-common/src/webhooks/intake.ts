import {
  tenantSchema,
  webhookErrorClassSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import { instantSchema } from '../lib';

const name = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/);

const reportedAttemptSchema = z.object({
  /** counts on through replays; with the webhook id it makes a report idempotent */
  n: z.number().int().min(1).max(100_000),
  at: instantSchema,
  durationMs: z.number().nonnegative().default(0),
  sent: z.boolean().default(true),
  status: z.number().int().min(100).max(999).optional(),
  error: z
    .object({
      class: webhookErrorClassSchema,
      code: z.string().min(1).max(60),
      message: z.string().max(1000),
    })
    .optional(),
  responseHeaders: z
    .record(z.string().max(200), z.string().max(500))
    .refine(headers => Object.keys(headers).length <= 50)
    .optional(),
  responseBody: z.string().max(4000).optional(),
});

/**
 * A final failure, as a platform without the SDK reports it. Secrets must have been taken out by
 * the reporter.
 */
const reportedFailureSchema = z.object({
  tenant: tenantSchema,
  endpoint: name(150),
  url: z.string().max(500).optional(),
  webhookId: name(150),
  eventType: name(150),
  createdAt: instantSchema,
  attempts: z.array(reportedAttemptSchema).min(1).max(200),
  payload: z.object({
    contentType: z.string().max(200),
    size: z.number().int().nonnegative(),
    text: z.string().max(16_384).optional(),
    truncated: z.boolean().default(false),
    redacted: z.array(z.string().max(300)).max(200).default([]),
    withheld: z.string().max(200).optional(),
  }),
  replayableUntil: instantSchema.optional(),
});

/**
 * Body of `POST /webhook-failures/reports`, for service principals. At least once: what was
 * reported before (same tenant, endpoint, webhook id and attempt) changes nothing.
 */
export const webhookReportsSchema = z.strictObject({
  failures: z.array(reportedFailureSchema).min(1).max(100),
});
export type WebhookReports = z.infer<typeof webhookReportsSchema>;

/** Answer: how many were news. */
export const webhookReportsResultSchema = z.object({
  recorded: z.number().int(),
  repeated: z.number().int(),
});
export type WebhookReportsResult = z.infer<typeof webhookReportsResultSchema>;

/**
 * Body of `POST /webhook-replays/claims`: replays of what this service reported, for it to send.
 */
export const claimReplaysSchema = z.strictObject({
  limit: z.number().int().min(1).max(100).default(20),
  /** after this time without an outcome they are handed out again */
  leaseSeconds: z.number().int().min(5).max(3600).default(60),
});
export type ClaimReplaysRequest = z.infer<typeof claimReplaysSchema>;

/** A replay handed back: send it again under the same webhook id, once per `commandId`. */
const handedReplaySchema = z.object({
  commandId: z.string(),
  tenant: z.string(),
  endpoint: z.string(),
  webhookId: z.string(),
  eventType: z.string(),
  requestedBy: z.string(),
  reason: z.string(),
  requestedAt: z.string(),
  leasedUntil: z.string(),
  /** an operator has confirmed that it is sent although it was delivered before */
  force: z.boolean(),
});

export const claimedReplaysSchema = z.object({
  replays: z.array(handedReplaySchema),
});
export type ClaimedReplays = z.infer<typeof claimedReplaysSchema>;

/** Body of `POST /webhook-replays/commands/:id/outcome`. Repeating it changes nothing. */
export const replayOutcomeSchema = z.strictObject({
  outcome: z.enum(['delivered', 'failed', 'refused']),
  attempts: z.array(reportedAttemptSchema).max(50).default([]),
  message: z.string().max(1000).optional(),
});
export type ReplayOutcomeRequest = z.infer<typeof replayOutcomeSchema>;
export const replayOutcomeResultSchema = z.object({ recorded: z.boolean() });
