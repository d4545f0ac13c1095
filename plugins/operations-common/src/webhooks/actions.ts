import { z } from 'zod';
import {
  booleanParameter,
  bulkProgressFields,
  instantSchema,
  listParameter,
  pageQuerySchema,
  reasonSchema,
  tenantParameter,
} from '../lib';
import { webhookFilterSchema } from './failures';
import { MAX_REPLAYS_PER_SECOND, MAX_WEBHOOK_SELECTION } from './states';

/** What one can do to failures. */
const webhookActionSchema = z.enum(['replay', 'suppress', 'handle']);
export type WebhookAction = z.infer<typeof webhookActionSchema>;

/**
 * Body of `POST /webhook-failures/:id/replay`. What was delivered is sent again only with
 * `confirmDelivered`.
 */
export const replayWebhookSchema = z.strictObject({
  reason: reasonSchema,
  confirmDelivered: z.boolean().optional(),
});

/** Which failures: these, or all that a filter matches and that had failed by `asOf`. */
const webhookSelectionSchema = z.union([
  z.strictObject({
    ids: z.array(z.string().min(1).max(100)).min(1).max(MAX_WEBHOOK_SELECTION),
  }),
  z.strictObject({
    filter: webhookFilterSchema.strict(),
    asOf: instantSchema,
  }),
]);
export type WebhookSelection = z.infer<typeof webhookSelectionSchema>;

/** Query of `GET /webhook-failures/bulk-preview`: ids, or the filters of the list. */
export const bulkPreviewQuerySchema = webhookFilterSchema.extend({
  action: webhookActionSchema,
  includeDelivered: booleanParameter,
  id: listParameterOfIds(),
});
export type BulkPreviewQuery = z.infer<typeof bulkPreviewQuerySchema>;

function listParameterOfIds() {
  const id = z.string().min(1).max(100);
  return z
    .union([id, z.array(id).max(MAX_WEBHOOK_SELECTION)])
    .transform(v => [...new Set(Array.isArray(v) ? v : [v])])
    .optional();
}

/**
 * Answer of the preview: exactly how many the action would take, and what it leaves out.
 */
export const bulkPreviewSchema = z.object({
  asOf: z.string(),
  /** how many it takes */
  count: z.number().int(),
  tenants: z.number().int(),
  endpoints: z.number().int(),
  /** matched, but left out */
  skipped: z.object({
    delivered: z.number().int(),
    replaying: z.number().int(),
    expired: z.number().int(),
    /** already in the state that the action leads to */
    same: z.number().int(),
  }),
  /** failures of the endpoint that has most: what the pace per endpoint makes longest */
  largestEndpoint: z.number().int(),
});
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;

/**
 * Body of `POST /webhook-failures/bulk`. Refused (409) where the number is not `expected` any more.
 */
export const bulkActionSchema = z.strictObject({
  action: webhookActionSchema,
  selection: webhookSelectionSchema,
  expected: z.number().int().min(1).max(1_000_000),
  reason: reasonSchema,
  includeDelivered: z.boolean().optional(),
  /** replays per second and endpoint */
  perEndpointPerSecond: z
    .number()
    .min(0.1)
    .max(MAX_REPLAYS_PER_SECOND)
    .optional(),
});
export type BulkActionRequest = z.infer<typeof bulkActionSchema>;

/** A bulk replay. */
export const bulkReplaySchema = z.object({
  ...bulkProgressFields,
  endpoints: z.number().int(),
  perEndpointPerSecond: z.number(),
  delivered: z.number().int(),
});
export type BulkReplay = z.infer<typeof bulkReplaySchema>;

/** Answer of a bulk action: how many it took; for replays, what to follow. */
const bulkActionResultSchema = z.object({
  count: z.number().int(),
  replay: bulkReplaySchema.optional(),
  auditId: z.string(),
});
export type BulkActionResult = z.infer<typeof bulkActionResultSchema>;

/** Query of `GET /webhook-replays`. Newest first. */
export { bulksQuerySchema as bulkReplaysQuerySchema } from '../lib';

/** A pattern whose further failures are recorded as suppressed until a time. */
export const webhookSuppressionSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  endpoint: z.string().optional(),
  eventType: z.string().optional(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  until: z.string(),
  endedAt: z.string().optional(),
  endedBy: z.string().optional(),
  active: z.boolean(),
  /** failures recorded as suppressed by it */
  count: z.number().int(),
});
export type WebhookSuppression = z.infer<typeof webhookSuppressionSchema>;

/** Query of `GET /webhook-suppressions`. */
export const suppressionsQuerySchema = pageQuerySchema.extend({
  tenant: listParameter(tenantParameter),
  active: booleanParameter,
});
export type SuppressionsQuery = z.infer<typeof suppressionsQuerySchema>;

/**
 * Body of `POST /webhook-suppressions`. Without `endpoint`, all of the tenant's; without
 * `eventType`, all events.
 */
export const createSuppressionSchema = z.strictObject({
  tenant: tenantParameter,
  endpoint: z.string().min(1).max(150).optional(),
  eventType: z.string().min(1).max(150).optional(),
  until: instantSchema,
  reason: reasonSchema,
  /** also suppress what of it is open now */
  includeExisting: z.boolean().optional(),
});
export type CreateSuppressionRequest = z.infer<typeof createSuppressionSchema>;
