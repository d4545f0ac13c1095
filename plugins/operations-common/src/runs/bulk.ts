import { z } from 'zod';
import {
  bulkProgressFields,
  instantSchema,
  listParameter,
  pageQuerySchema,
  pageSchema,
  reasonSchema,
} from '../lib';
import { reasonWordsSchema } from '../lib/sentenceSchema';
import { capabilitySchema, runStatusSchema } from '../jobs';
import {
  MAX_BULK_RUNS,
  MAX_RUN_SELECTION,
  MAX_RUNS_PER_SECOND,
} from './filter';
import { runFilterSchema } from './list';

/** What one can do to many runs. */
export const runBulkActionSchema = z.enum(['retry', 'cancel']);
export type RunBulkAction = z.infer<typeof runBulkActionSchema>;

const someRuns = z.strictObject({
  ids: z.array(z.string().min(1).max(200)).min(1).max(MAX_RUN_SELECTION),
});

/** Body of `POST /run-bulks/preview`: these runs, or all that a filter matches. */
export const runBulkPreviewQuerySchema = z.strictObject({
  action: runBulkActionSchema,
  selection: z.union([
    someRuns,
    z.strictObject({ filter: runFilterSchema.strict() }),
  ]),
});
export type RunBulkPreviewQuery = z.infer<typeof runBulkPreviewQuerySchema>;

/** Which runs: these, or all that a filter matches and that were there at `asOf`. */
const runSelectionSchema = z.union([
  someRuns,
  z.strictObject({ filter: runFilterSchema.strict(), asOf: instantSchema }),
]);
export type RunSelection = z.infer<typeof runSelectionSchema>;

const jobCountSchema = z.object({
  /** `<engine>/<name>` */
  jobId: z.string(),
  jobName: z.string(),
  count: z.number().int(),
});

/** Answer of the preview: exactly how many runs the action would take, and what it leaves out. */
export const runBulkPreviewSchema = z.object({
  asOf: z.string(),
  /** how many it takes */
  count: z.number().int(),
  /** those of each job, most first; at most 100 */
  jobs: z.array(jobCountSchema),
  jobCount: z.number().int(),
  /** those of each tenant, most first; at most 100; without a tenant: of none */
  tenants: z.array(
    z.object({ tenant: z.string().optional(), count: z.number().int() }),
  ),
  tenantCount: z.number().int(),
  /** runs of the job and tenant that has most: what the pace makes longest */
  largestLane: z.number().int(),
  /** left out because the job, or its engine, forbids it: why, and whom to page */
  forbidden: z.array(
    jobCountSchema.extend({
      reason: z.string(),
      words: reasonWordsSchema,
      contact: capabilitySchema.shape.contact,
    }),
  ),
  /** matched, but left out */
  skipped: z.object({
    /** a retry of it has succeeded */
    recovered: z.number().int(),
    /** it was retried, and the retry has not succeeded */
    retried: z.number().int(),
    /** its status does not allow it */
    state: z.number().int(),
    /** another bulk action has it */
    underWay: z.number().int(),
    /** the caller may not do it */
    permission: z.number().int(),
  }),
});
export type RunBulkPreview = z.infer<typeof runBulkPreviewSchema>;

/** Body of `POST /run-bulks`. Refused (409) where the number is not `expected` any more. */
export const createRunBulkSchema = z.strictObject({
  action: runBulkActionSchema,
  selection: runSelectionSchema,
  expected: z.number().int().min(1).max(MAX_BULK_RUNS),
  reason: reasonSchema,
  /** runs per second of each job and tenant */
  perSecond: z.number().min(0.1).max(MAX_RUNS_PER_SECOND).optional(),
});
export type CreateRunBulkRequest = z.infer<typeof createRunBulkSchema>;

/** A bulk retry, or a bulk cancel, of runs. */
export const runBulkSchema = z.object({
  ...bulkProgressFields,
  action: runBulkActionSchema,
  jobs: z.number().int(),
  perSecond: z.number(),
  /** the retry has succeeded; the run is cancelled */
  succeeded: z.number().int(),
});
export type RunBulk = z.infer<typeof runBulkSchema>;

/** Query of `GET /run-bulks`. Newest first. */
export { bulksQuerySchema as runBulksQuerySchema } from '../lib';

const itemStateSchema = z.enum([
  'pending',
  'sending',
  'sent',
  'succeeded',
  'failed',
  'refused',
  'stopped',
]);
export type RunBulkItemState = z.infer<typeof itemStateSchema>;

/** Query of `GET /run-bulks/:id/items`. */
export const runBulkItemsQuerySchema = pageQuerySchema.extend({
  state: listParameter(itemStateSchema),
});
export type RunBulkItemsQuery = z.infer<typeof runBulkItemsQuerySchema>;

/** What has become of one run of a bulk action. */
export const runBulkItemSchema = z.object({
  runId: z.string(),
  jobId: z.string(),
  jobName: z.string(),
  engine: z.string(),
  tenant: z.string().optional(),
  state: itemStateSchema,
  /** the run that retries it */
  madeRunId: z.string().optional(),
  /** status of the retry, or of the run that is cancelled */
  status: runStatusSchema.optional(),
  endedAt: z.string().optional(),
  message: z.string().optional(),
});
export type RunBulkItem = z.infer<typeof runBulkItemSchema>;

/** Answer of `GET /run-bulks/:id/items`. */
export const runBulkItemsSchema = pageSchema(runBulkItemSchema);
