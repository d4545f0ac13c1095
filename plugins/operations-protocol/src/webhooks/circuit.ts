import { z } from 'zod';
import { tenantSchema } from '../common';
import { webhookErrorSchema } from './attempt';
import { webhookEndpointIdSchema } from './identity';

/**
 * Circuit of an endpoint that has not answered well since its last failure; all dispatchers share
 * it. There is none of an endpoint that is well. Closed while `openings` is 0, open until
 * `openUntilMs`, half-open from then on: one dispatcher at a time sends one delivery to see.
 */
export const webhookCircuitRecordSchema = z.object({
  v: z.literal(1),
  tenant: tenantSchema,
  endpoint: webhookEndpointIdSchema,
  failures: z.number().int().nonnegative().describe('in a row'),
  openings: z
    .number()
    .int()
    .nonnegative()
    .describe('how often it opened since the last success'),
  openUntilMs: z
    .number()
    .int()
    .optional()
    .describe('epoch ms by the clock of Redis; nothing is sent before'),
  since: z.string().max(40).optional().describe('when it opened first'),
  disabled: z
    .boolean()
    .optional()
    .describe('it answered 410: nothing is sent until a replay finds it back'),
  error: webhookErrorSchema.optional().describe('the newest'),
  probeBy: z
    .string()
    .max(100)
    .optional()
    .describe('dispatcher that goes to see'),
  probeUntilMs: z
    .number()
    .int()
    .optional()
    .describe('epoch ms at which it is taken for dead'),
});
export type WebhookCircuitRecord = z.infer<typeof webhookCircuitRecordSchema>;

/**
 * What a dispatcher keeps of a delivery that finally failed, for its replay. A Redis hash: all
 * values are strings. Not for the portal.
 */
export const webhookKeptDeliverySchema = z.object({
  eventType: z.string(),
  contentType: z.string(),
  body: z.string().describe('as it was sent, secrets and all'),
  createdAt: z.string().regex(/^\d+$/).describe('epoch ms'),
  attempts: z.string().regex(/^\d+$/).describe('number of the last attempt'),
  deliveredAt: z
    .string()
    .optional()
    .describe('ISO time at which a replay was accepted'),
});
