import { z } from 'zod';
import { tenantSchema, timestampSchema } from '../common';
import { webhookAttemptSchema } from './attempt';
import { webhookEndpointIdSchema, webhookIdSchema } from './identity';

export const commandIdSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);

/**
 * Portal to platform: send this delivery again, under the same id and with the same bytes, freshly
 * signed. A command that comes twice has one effect; its `commandId` is the idempotency key.
 */
export const webhookReplayCommandSchema = z.object({
  v: z.literal(1),
  commandId: commandIdSchema,
  bulkId: commandIdSchema.optional(),
  tenant: tenantSchema,
  endpoint: webhookEndpointIdSchema,
  webhookId: webhookIdSchema,
  force: z
    .boolean()
    .default(false)
    .describe('send although it was delivered before'),
  requestedBy: z.string().max(300).optional(),
  reason: z.string().max(2000).optional(),
  requestedAt: timestampSchema,
});
export type WebhookReplayCommand = z.infer<typeof webhookReplayCommandSchema>;
export type WebhookReplayCommandInput = z.input<
  typeof webhookReplayCommandSchema
>;

/** Platform to portal: what became of a {@link WebhookReplayCommand}. */
export const webhookReplayOutcomeSchema = z.object({
  v: z.literal(1),
  kind: z.literal('replay'),
  commandId: commandIdSchema,
  bulkId: commandIdSchema.optional(),
  tenant: tenantSchema,
  endpoint: webhookEndpointIdSchema,
  webhookId: webhookIdSchema,
  outcome: z
    .enum(['delivered', 'failed', 'stopped', 'refused'])
    .describe(
      'stopped: its bulk was stopped before it was sent; refused: cannot be sent, `message` says why',
    ),
  at: timestampSchema,
  attempts: z.array(webhookAttemptSchema).max(50).default([]),
  message: z.string().max(1000).optional(),
});
export type WebhookReplayOutcome = z.infer<typeof webhookReplayOutcomeSchema>;

/** Consumer group by which dispatchers read the replay commands. */
export const WEBHOOK_DISPATCHERS_GROUP = 'dispatchers';
/** Field of the replays stream that holds the JSON. */
export const WEBHOOK_REPLAY_FIELD = 'command';
/**
 * For so long a dispatcher remembers how a command ended, and does not carry it out again.
 */
export const WEBHOOK_REPLAY_RESULT_TTL_MS = 7 * 24 * 3600 * 1000;
/** Life of the mark by which a bulk replay is stopped. */
export const WEBHOOK_REPLAY_STOP_TTL_MS = 7 * 24 * 3600 * 1000;
/** A dispatcher that has not announced itself for so long is gone. */
export const WEBHOOK_DISPATCHER_TTL_MS = 15_000;
