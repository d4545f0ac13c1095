import { z } from 'zod';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  reasonSchema,
  tenantParameter,
} from '../lib';
import { sentenceSchema } from '../lib/sentenceSchema';
import { pageTargetSchema } from '../pages/target';

export * from './sentences';

/** How urgent an item is; the order is that of the panel. */
export const ATTENTION_SEVERITIES = [
  'critical',
  'high',
  'normal',
  'low',
] as const;
export const attentionSeveritySchema = z.enum(ATTENTION_SEVERITIES);
/** @public */
export type AttentionSeverity = z.infer<typeof attentionSeveritySchema>;

/**
 * `open` needs a human now; the other two are known to one, `snoozed` until a time; `closed` is
 * over.
 */
const attentionStateSchema = z.enum([
  'open',
  'acknowledged',
  'snoozed',
  'closed',
]);
export type AttentionState = z.infer<typeof attentionStateSchema>;

/**
 * What one can do about an item at once. The target is a run, a job, a request for approval, open
 * deliveries, a client of a rate limit or a page of the portal; the server checks again.
 */
const attentionActionSchema = z.discriminatedUnion('kind', [
  /** opens what the item is about */
  z.object({ kind: z.literal('open'), title: z.string() }),
  z.object({ kind: z.literal('retry'), runId: z.string() }),
  z.object({ kind: z.literal('run'), jobId: z.string() }),
  z.object({ kind: z.literal('approve'), approvalId: z.string() }),
  z.object({
    kind: z.literal('replay'),
    tenant: z.string(),
    endpoint: z.string().optional(),
  }),
  /** lets a client through whose requests are refused */
  z.object({ kind: z.literal('override'), client: z.string() }),
  z.object({
    kind: z.literal('page'),
    title: z.string(),
    url: z.string().optional(),
    entityRef: z.string().optional(),
  }),
]);
/** @public */
export type AttentionAction = z.infer<typeof attentionActionSchema>;

/** What an item is about. `ref` is a job id, a tenant, an endpoint … by `kind`. */
const attentionSubjectSchema = z.object({
  kind: z.string().max(50),
  ref: z.string().max(700),
  title: z.string().max(300),
});

/**
 * Where an item leads: to a page of Operations, or, of a source that another plugin adds, to an
 * entity of the catalog or an address outside of the portal.
 */
export const attentionPlaceSchema = z.discriminatedUnion('kind', [
  ...pageTargetSchema.options,
  z.object({ kind: z.literal('entity'), entityRef: z.string() }),
  z.object({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
]);
/** @public */
export type AttentionPlace = z.infer<typeof attentionPlaceSchema>;

/** Something that needs a human. Times are ISO 8601 UTC. */
export const attentionItemSchema = z.object({
  id: z.string(),
  /** who found it, and its rule, e.g. `jobs` and `last-run-failed` */
  source: z.string(),
  kind: z.string(),
  severity: attentionSeveritySchema,
  state: attentionStateSchema,
  /** a sentence */
  title: z.string(),
  /** one more line: the error, the figure against the limit */
  detail: z.string().optional(),
  /** both as codes and values, where they have some, to be worded in other languages */
  words: z
    .object({
      title: sentenceSchema.optional(),
      detail: sentenceSchema.optional(),
    })
    .optional(),
  subject: attentionSubjectSchema,
  owner: z.string().optional(),
  tenant: z.string().optional(),
  /** since when the fact holds */
  since: z.string(),
  openedAt: z.string(),
  closedAt: z.string().optional(),
  /** how often it opened, closings shorter than the flap window not counted as an end */
  count: z.number().int(),
  place: attentionPlaceSchema,
  actions: z.array(attentionActionSchema),
  acknowledgement: z
    .object({
      by: z.string(),
      at: z.string(),
      reason: z.string(),
      /** when it ends by itself */
      until: z.string().optional(),
    })
    .optional(),
});
/** @public */
export type AttentionItem = z.infer<typeof attentionItemSchema>;

/** Query of `GET /attention`; without `state` all that is not closed. */
export const attentionQuerySchema = pageQuerySchema.extend({
  state: listParameter(attentionStateSchema),
  severity: listParameter(attentionSeveritySchema),
  owner: listParameter(z.string().min(1).max(300)),
  tenant: listParameter(tenantParameter),
  job: z.string().min(1).max(300).optional(),
});
export type AttentionQuery = z.infer<typeof attentionQuerySchema>;

/**
 * Answer of `GET /attention`: items, most urgent first, and how many are open per severity.
 */
export const attentionPageSchema = z.object({
  items: z.array(attentionItemSchema),
  totalItems: z.number().int(),
  open: z.record(attentionSeveritySchema, z.number().int()),
  /** when the rules were last looked at */
  evaluatedAt: z.string().optional(),
  pageInfo: z.object({ nextCursor: z.string().optional() }),
});
export type AttentionPage = z.infer<typeof attentionPageSchema>;

/**
 * Body of `POST /attention/:id/acknowledge`: known to me; ends when the fact ends, or at `until`.
 */
export const acknowledgeAttentionSchema = z.strictObject({
  reason: reasonSchema,
  until: instantSchema.optional(),
});

/** Body of `POST /attention/:id/snooze`: silent until a time, at most 30 days ahead. */
export const snoozeAttentionSchema = z.strictObject({
  reason: reasonSchema,
  until: instantSchema,
});

/** Answer of `GET /attention/:id`: the item, and what happened to it, oldest first. */
export const attentionDetailSchema = z.object({
  item: attentionItemSchema,
  history: z.array(
    z.object({
      at: z.string(),
      event: z.string(),
      by: z.string().optional(),
      reason: z.string().optional(),
    }),
  ),
});
