import { webhookErrorClassSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  pageSchema,
  tenantParameter,
} from '../lib';
import { capabilitySchema, freshnessSchema } from '../jobs';
import { WEBHOOK_AGES, WEBHOOK_STATES, type WebhookAge } from './states';

const webhookStateSchema = z.enum(WEBHOOK_STATES);

/** Filters of the inbox: of its list, its summary and its bulk actions alike. */
export const webhookFilterSchema = z.object({
  /** the webhook id, or how it begins */
  search: z.string().trim().min(1).max(150).optional(),
  tenant: listParameter(tenantParameter),
  endpoint: listParameter(z.string().min(1).max(150)),
  eventType: listParameter(z.string().min(1).max(150)),
  errorClass: listParameter(webhookErrorClassSchema),
  /** `<class>:<code>`, one group of errors */
  error: listParameter(z.string().min(1).max(100)),
  state: listParameter(webhookStateSchema),
  /** last failed no longer ago than this */
  age: z
    .enum(Object.keys(WEBHOOK_AGES) as [WebhookAge, ...WebhookAge[]])
    .optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type WebhookFilter = z.infer<typeof webhookFilterSchema>;

/** Query of `GET /webhook-failures`. Newest failure first. */
export const webhookFailuresQuerySchema = pageQuerySchema.extend(
  webhookFilterSchema.shape,
);
export type WebhookFailuresQuery = z.infer<typeof webhookFailuresQuerySchema>;

/** A delivery that finally failed, as the list shows it. Times are ISO 8601 UTC. */
export const webhookFailureSchema = z.object({
  id: z.string(),
  tenant: z.string(),
  endpoint: z.string(),
  url: z.string().optional(),
  webhookId: z.string(),
  eventType: z.string(),
  /** `platform`, or `service:<subject>` of a platform that reports over HTTP */
  source: z.string(),
  state: webhookStateSchema,
  errorClass: webhookErrorClassSchema,
  errorCode: z.string(),
  errorMessage: z.string(),
  attempts: z.number().int(),
  createdAt: z.string(),
  firstFailedAt: z.string(),
  lastFailedAt: z.string(),
  /** since when it is in this state */
  stateSince: z.string(),
  deliveredAt: z.string().optional(),
  /** until when the platform keeps its bytes */
  replayableUntil: z.string().optional(),
  /** who last dealt with it, and why */
  triage: z
    .object({ by: z.string(), at: z.string(), reason: z.string() })
    .optional(),
});
/** @public */
export type WebhookFailure = z.infer<typeof webhookFailureSchema>;

/**
 * Answer of `GET /webhook-failures`. `totalIsExact` false: there are at least `totalItems`.
 */
export const webhookFailuresPageSchema = pageSchema(
  webhookFailureSchema,
).extend({
  totalIsExact: z.boolean(),
  freshness: freshnessSchema,
});
export type WebhookFailuresPage = z.infer<typeof webhookFailuresPageSchema>;

/** One attempt. `sent` false: nothing left the platform. */
const webhookAttemptViewSchema = z.object({
  n: z.number().int(),
  at: z.string(),
  durationMs: z.number(),
  sent: z.boolean(),
  status: z.number().int().optional(),
  error: z
    .object({ class: z.string(), code: z.string(), message: z.string() })
    .optional(),
  responseHeaders: z.record(z.string(), z.string()).optional(),
  responseBody: z.string().optional(),
  replay: z.string().optional(),
});
export type WebhookAttemptView = z.infer<typeof webhookAttemptViewSchema>;

/** What was done to a failure, or happened to it. */
const webhookEventSchema = z.object({
  at: z.string(),
  kind: z.enum([
    'failed',
    'replay-requested',
    'replay-stopped',
    'replay-refused',
    'delivered',
    'failed-again',
    'suppressed',
    'handled',
  ]),
  by: z.string().optional(),
  reason: z.string().optional(),
  bulkId: z.string().optional(),
});
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

/** How an endpoint is, as the platform's dispatchers said last. */
const webhookEndpointStateSchema = z.object({
  state: z.enum(['up', 'down', 'disabled']),
  since: z.string(),
  /**
   * down: `open` until `retryAt`, when one delivery goes to see whether it is back; `half-open`
   * from then on, until that is known
   */
  circuit: z.enum(['open', 'half-open']).optional(),
  retryAt: z.string().optional(),
});
export type WebhookEndpointState = z.infer<typeof webhookEndpointStateSchema>;

/** Answer of `GET /webhook-failures/:id`. */
export const webhookFailureDetailSchema = webhookFailureSchema.extend({
  payload: z.object({
    contentType: z.string(),
    size: z.number().int(),
    text: z.string().optional(),
    truncated: z.boolean(),
    redacted: z.array(z.string()),
    withheld: z.string().optional(),
  }),
  /** oldest first; the newest 100 */
  attemptLog: z.array(webhookAttemptViewSchema),
  /** oldest first; the newest 100 */
  history: z.array(webhookEventSchema),
  endpointState: webhookEndpointStateSchema.optional(),
  actions: z.object({
    replay: capabilitySchema,
    suppress: capabilitySchema,
    handle: capabilitySchema,
  }),
  freshness: freshnessSchema,
});
export type WebhookFailureDetail = z.infer<typeof webhookFailureDetailSchema>;

/** Failures of one endpoint with one error. */
const webhookGroupSchema = z.object({
  tenant: z.string(),
  endpoint: z.string(),
  url: z.string().optional(),
  errorClass: webhookErrorClassSchema,
  errorCode: z.string(),
  count: z.number().int(),
  lastFailedAt: z.string(),
  /** final failures per hour, the 24 hours up to now, oldest first */
  hours: z.array(z.number().int()),
  endpointState: webhookEndpointStateSchema.shape.state.optional(),
  circuit: webhookEndpointStateSchema.shape.circuit,
});

const countSchema = z.array(
  z.object({ value: z.string(), count: z.number().int() }),
);

/**
 * Answer of `GET /webhook-failures/summary`: the same filters as the list. Counts hold only what
 * the caller may see.
 */
export const webhookSummarySchema = z.object({
  total: z.number().int(),
  open: z.number().int(),
  states: countSchema,
  tenants: countSchema,
  eventTypes: countSchema,
  errorClasses: countSchema,
  /** largest first, at most 100 */
  groups: z.array(webhookGroupSchema),
  groupCount: z.number().int(),
  /** final failures per hour, the last 24, oldest first */
  hours: z.array(z.object({ hour: z.string(), count: z.number().int() })),
  /** when the first of what is open last failed for good */
  openSince: z.string().optional(),
  freshness: freshnessSchema,
});
export type WebhookSummary = z.infer<typeof webhookSummarySchema>;
