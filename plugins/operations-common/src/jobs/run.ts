import {
  runClaimsSchema,
  runStateSchema,
  signatureSchema,
  triggerSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  tenantParameter,
} from '../lib';
import { reasonWordsSchema } from '../lib/sentenceSchema';

/** States of a run, as in the protocol. */
export const runStatusSchema = runStateSchema;
/** @public */
export type RunStatus = z.infer<typeof runStatusSchema>;

/** What set a run going. */
export const runTriggerSchema = triggerSchema;
export type RunTrigger = z.infer<typeof runTriggerSchema>;

/**
 * Whether one may do a thing, and if not, which rule or permission stands against it and whom to
 * ask.
 */
export const capabilitySchema = z.object({
  allowed: z.boolean(),
  /** Sentence for people; present exactly if not allowed. */
  reason: z.string().optional(),
  /** the reason as a code and values, where it has some, to be worded in other languages */
  words: reasonWordsSchema,
  /**
   * Which kind of no: a rule of the job, a missing permission, the state it is in, or the engine
   * being away.
   */
  rule: z
    .enum(['contract', 'permission', 'state', 'engine', 'capability'])
    .optional(),
  /** Name of the permission that is missing, where that is what stands against it. */
  permission: z.string().optional(),
  /** Whom to ask or page. */
  contact: z
    .object({
      title: z.string(),
      url: z.string().optional(),
      entityRef: z.string().optional(),
    })
    .optional(),
});
export type Capability = z.infer<typeof capabilitySchema>;

/** Half-open interval `[from, to)`, at most ten years. */
export const timeRangeSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
  })
  .refine(r => Date.parse(r.from) < Date.parse(r.to), {
    message: '`from` must be before `to`',
    params: { code: 'field-from-before-to' },
    path: ['to'],
  });

/** A run as the lists show it. Times are ISO 8601 UTC, durations milliseconds. */
export const runSchema = z.object({
  id: z.string(),
  /** `<engine>/<name>` */
  jobId: z.string(),
  jobName: z.string(),
  engine: z.string(),
  status: runStatusSchema,
  attempt: z.number().int(),
  trigger: runTriggerSchema,
  /** who asked this portal for it; `worker:<id>` where somebody is only said to have asked */
  triggeredBy: z.string().optional(),
  reason: z.string().optional(),
  tenant: z.string().optional(),
  dryRun: z.boolean(),
  /** of the request; absent for a run of its schedule, and until a worker has looked at it */
  signature: signatureSchema.optional(),
  queuedAt: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  scheduledFor: z.string().optional(),
  durationMs: z.number().optional(),
  progress: z.number().optional(),
  exitCode: z.number().optional(),
  /** First line of the error, or of the refusal. */
  errorMessage: z.string().optional(),
  retryOf: z.string().optional(),
  /** Id of the newest run that retries this one. */
  retriedBy: z.string().optional(),
  /** It failed, and a retry of it (or a retry of that one) has succeeded since. */
  recovered: z.boolean().optional(),
});
/** @public */
export type Run = z.infer<typeof runSchema>;

/** A run with everything that is known of it. */
export const runDetailSchema = runSchema.extend({
  timeRange: z.object({ from: z.string(), to: z.string() }).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  /** Parameters of the run that this one retries, to show the difference. */
  retriedParameters: z.record(z.string(), z.unknown()).optional(),
  /** The last of its retries, and of their retries: how it went on. */
  retriedAs: z
    .object({
      id: z.string(),
      status: runStatusSchema,
      endedAt: z.string().optional(),
    })
    .optional(),
  error: z
    .object({
      name: z.string(),
      message: z.string(),
      stack: z.string().optional(),
    })
    .optional(),
  refusal: z.object({ rule: z.string(), message: z.string() }).optional(),
  result: z.unknown().optional(),
  /** what the request says of people, which nothing proves */
  claims: runClaimsSchema.optional(),
  workerId: z.string().optional(),
  cancelledBy: z.string().optional(),
  engineJobId: z.string().optional(),
  /** How late it began for its slot, where another scheduler fires the job and it was late. */
  lateMs: z.number().optional(),
  /** The executions of a run that may be executed once, and was executed more often. */
  executions: z
    .array(
      z.object({
        startedAt: z.string(),
        workerId: z.string().optional(),
        status: runStatusSchema,
        endedAt: z.string().optional(),
      }),
    )
    .optional(),
  actions: z.object({ cancel: capabilitySchema, retry: capabilitySchema }),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/**
 * Query of `GET /jobs/:engine/:name/runs`. Newest first. `group` is the fingerprint of an error
 * group.
 */
export const runsQuerySchema = pageQuerySchema.extend({
  status: listParameter(runStatusSchema),
  tenant: listParameter(tenantParameter),
  trigger: listParameter(runTriggerSchema),
  /** a UTC day `YYYY-MM-DD` */
  day: z.iso.date().optional(),
  group: z.string().max(64).optional(),
});
export type RunsQuery = z.infer<typeof runsQuerySchema>;

/**
 * Query of `GET /runs/:id/log`: the last `tail` lines, or up to 1,000 lines after line number
 * `after`.
 */
export const logQuerySchema = z
  .object({
    tail: z.coerce.number().int().min(1).max(1000).optional(),
    after: z.coerce.number().int().min(0).optional(),
    /** lines up to and without this number: for scrolling up */
    before: z.coerce.number().int().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(500),
  })
  .refine(
    q => [q.tail, q.after, q.before].filter(v => v !== undefined).length <= 1,
    { message: 'give one of `tail`, `after`, `before`', path: ['tail'] },
  );
export type LogQuery = z.infer<typeof logQuerySchema>;

/**
 * A part of a log. `nextAfter` is what to ask for next; `ended` that no more will come; `source`
 * where it was read.
 */
export const logPageSchema = z.object({
  lines: z.array(
    z.object({ n: z.number().int(), time: z.string(), text: z.string() }),
  ),
  nextAfter: z.number().int(),
  totalLines: z.number().int(),
  ended: z.boolean(),
  source: z.enum(['live', 'tail']),
  /** Why there is no log here, and where it is; present where the job's log is kept elsewhere. */
  noLog: z.string().optional(),
});
export type LogPage = z.infer<typeof logPageSchema>;

/** A day of the trend: counts and durations of the runs that ended on this UTC day. */
const trendDaySchema = z.object({
  day: z.string(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  /** of `failed`, per status */
  timedOut: z.number().int(),
  lost: z.number().int(),
  refused: z.number().int(),
  /** failed runs of this day whose retry has succeeded since */
  recovered: z.number().int(),
  p50DurationMs: z.number().optional(),
  p95DurationMs: z.number().optional(),
});
export type TrendDay = z.infer<typeof trendDaySchema>;

/** Query of `GET /jobs/:engine/:name/trend`. */
export const trendQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(365).default(30),
  tenant: listParameter(tenantParameter),
});
export type TrendQuery = z.infer<typeof trendQuerySchema>;

/** Answer of the trend: a row per day, oldest first, without gaps. */
export const trendSchema = z.object({ days: z.array(trendDaySchema) });
export type Trend = z.infer<typeof trendSchema>;

/** Failures that are the same but for their varying parts (ids, numbers, quoted values). */
export const errorGroupSchema = z.object({
  fingerprint: z.string(),
  /** what they have in common, with marks for what varies */
  message: z.string(),
  /** the newest one's own words; absent where its run is no longer kept */
  lastMessage: z.string().optional(),
  count: z.number().int(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  lastRunId: z.string(),
  /** A retry of the newest one has succeeded since. */
  recovered: z.boolean(),
  tenants: z.array(z.string()),
});
export type ErrorGroup = z.infer<typeof errorGroupSchema>;

/** The newest runs of each tenant of a tenant-scoped job, newest first. */
export const tenantGridSchema = z.object({
  tenants: z.array(z.object({ tenant: z.string(), runs: z.array(runSchema) })),
});
export type TenantGrid = z.infer<typeof tenantGridSchema>;
