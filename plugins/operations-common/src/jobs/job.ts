import {
  ABILITIES,
  firingSchema,
  jobAbilitiesSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import {
  listParameter,
  pageQuerySchema,
  pageSchema,
  tenantParameter,
} from '../lib';
import { sentenceSchema } from '../lib/sentenceSchema';
import { capabilitySchema, runSchema, runStatusSchema } from './run';

/** How a job is set going. */
const scheduleKindSchema = z.enum(['cron', 'interval', 'on-demand']);
export type ScheduleKind = z.infer<typeof scheduleKindSchema>;

/** A bar of the inventory: one of the last runs. */
const runBarSchema = z.object({
  id: z.string(),
  status: runStatusSchema,
  durationMs: z.number().optional(),
  at: z.string(),
  tenant: z.string().optional(),
});
export type RunBar = z.infer<typeof runBarSchema>;

/**
 * SLA of a job, from what it declared: `ok`, `breached` (the rule says which), or `none` where
 * nothing was declared.
 */
const slaSchema = z.object({
  state: z.enum(['ok', 'breached', 'none']),
  rules: z.array(
    z.object({
      rule: z.string(),
      /** `near`: not broken yet, but on its way */
      state: z.enum(['ok', 'near', 'breached']),
      text: z.string(),
      /** the text as a code and values, to be worded in other languages */
      words: z.object({ text: sentenceSchema }).optional(),
    }),
  ),
});
export type Sla = z.infer<typeof slaSchema>;

const queueRateSchema = z.object({
  max: z.number(),
  durationMs: z.number(),
});

/** How a queue keeps runs back: what was set at the queue, beside the job's declaration. */
export const queueHoldSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('paused') }),
  z.object({ kind: z.literal('rate-limit'), ...queueRateSchema.shape }),
  z.object({ kind: z.literal('concurrency'), concurrency: z.number().int() }),
]);
export type QueueHold = z.infer<typeof queueHoldSchema>;

/** A job as the inventory shows it. */
const jobSummarySchema = z.object({
  /** `<engine>/<name>` */
  id: z.string(),
  engine: z.string(),
  name: z.string(),
  title: z.string().optional(),
  description: z.string(),
  owner: z.string().optional(),
  tags: z.array(z.string()),
  /** Entity of the job in the catalog. */
  entityRef: z.string(),
  scheduleKind: scheduleKindSchema,
  schedule: z
    .union([
      z.object({
        cron: z.string(),
        timezone: z.string(),
        ...firingSchema.shape,
      }),
      z.object({
        everyMs: z.number(),
        offsetMs: z.number().optional(),
        ...firingSchema.shape,
      }),
    ])
    .nullable(),
  nextRunAt: z.string().optional(),
  manualRun: z.boolean(),
  cancellable: z.boolean(),
  tenantScoped: z.boolean(),
  /** How many tenants the caller may see it runs for, and of how many the last run failed. */
  tenantCount: z.number().int(),
  failingTenantCount: z.number().int(),
  /** false: seen on a queue, but not declared by anyone: read-only. */
  declared: z.boolean(),
  /** false: no worker announces it any more. */
  registered: z.boolean(),
  lastSeenAt: z.string().optional(),
  lastRun: runSchema.optional(),
  /** May the caller cancel or retry that run now. */
  lastRunActions: z
    .object({ cancel: capabilitySchema, retry: capabilitySchema })
    .optional(),
  /** up to 20, newest last */
  recentRuns: z.array(runBarSchema),
  activeRuns: z.number().int(),
  /** how the queue keeps runs back; absent where the platform cannot be asked */
  holds: z.array(queueHoldSchema).optional(),
  targetDurationMs: z.number().optional(),
  p95DurationMs: z.number().optional(),
  sla: slaSchema,
  /** May the caller run it now. */
  run: capabilitySchema,
});
/** @public */
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** What one can sort the inventory by. */
const jobSortSchema = z.enum([
  'attention',
  'name',
  'owner',
  'status',
  'lastRun',
  'nextRun',
  'duration',
]);

/** Query of `GET /jobs`. */
export const jobsQuerySchema = pageQuerySchema.extend({
  search: z.string().trim().min(1).max(200).optional(),
  owner: listParameter(z.string().min(1).max(300)),
  tenant: listParameter(tenantParameter),
  /** of the last run */
  status: listParameter(z.union([runStatusSchema, z.literal('never')])),
  schedule: listParameter(scheduleKindSchema),
  tag: listParameter(z.string().min(1).max(63)),
  sort: jobSortSchema.default('attention'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type JobsQuery = z.infer<typeof jobsQuerySchema>;

const facetSchema = z.array(
  z.object({ value: z.string(), count: z.number().int() }),
);

/**
 * How fresh the answer is. `stale`: the platform (Redis) cannot be reached; what is shown is what
 * was known `asOf`. `troubles`: what is wrong with it though it answers, a sentence each.
 */
export const freshnessSchema = z.object({
  state: z.enum(['live', 'stale']),
  asOf: z.string(),
  reason: z.string().optional(),
  troubles: z.array(z.string()).optional(),
  /** the same as codes and values, where they have some, to be worded in other languages */
  words: z
    .object({
      reason: sentenceSchema.optional(),
      troubles: z.array(sentenceSchema).optional(),
    })
    .optional(),
});
export type Freshness = z.infer<typeof freshnessSchema>;

/** Answer of `GET /jobs`. Facets count what the caller may see, under the other filters. */
export const jobsPageSchema = pageSchema(jobSummarySchema).extend({
  facets: z.object({
    status: facetSchema,
    owner: facetSchema,
    schedule: facetSchema,
    tenant: facetSchema,
    tag: facetSchema,
  }),
  freshness: freshnessSchema,
});
export type JobsPage = z.infer<typeof jobsPageSchema>;

/** Where the badge of a job is, for whoever has the address. */
export const jobBadgeSchema = z.object({
  svg: z.string(),
  json: z.string(),
});
export type JobBadge = z.infer<typeof jobBadgeSchema>;

/** Answer of `GET /jobs/:engine/:name`. */
export const jobDetailSchema = jobSummarySchema.extend({
  /** absent where the engine carries nothing to the job, as are attempts and concurrency */
  queue: z.string().optional(),
  system: z.string().optional(),
  lifecycle: z.string().optional(),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  onCall: z.object({ title: z.string(), url: z.string() }).optional(),
  /** absent where badges are off, or the caller sees some of the job's tenants only */
  badge: jobBadgeSchema.optional(),
  manualRunReason: z.string().optional(),
  /** the next three, where scheduled */
  nextRuns: z.array(z.string()),
  /**
   * How the newest slot went, where another scheduler fires the job: `due` that no run has begun
   * yet, `missed` that none has for longer than the job allows.
   */
  lastSlot: z
    .object({
      at: z.string(),
      state: z.enum(['on-time', 'late', 'due', 'missed']),
      lateMs: z.number().optional(),
    })
    .optional(),
  /** tenants the caller may see */
  tenants: z.array(z.string()),
  parametersSchema: z.record(z.string(), z.unknown()).nullable(),
  supportsDryRun: z.boolean(),
  supportsTimeRange: z.boolean(),
  maxQueueDepth: z.number().optional(),
  maxWaitMs: z.number().optional(),
  missedAfterMs: z.number().optional(),
  failureThreshold: z.number().optional(),
  timeoutMs: z.number().optional(),
  attempts: z.number().optional(),
  concurrency: z.number().optional(),
  /** What is possible with the job by its engine and its registration, and why the rest is not. */
  abilities: jobAbilitiesSchema.required(),
  /** why abilities are missing as codes and values, where they have some */
  words: z
    .object({
      abilities: z.partialRecord(z.enum(ABILITIES), sentenceSchema),
    })
    .optional(),
  /** absent where there is none, and the engine needs none */
  workers: z.number().int().optional(),
  /** of the live workers, up to 50 */
  workersNow: z.array(
    z.object({
      id: z.string(),
      host: z.string(),
      /** by how much its clock is ahead of Redis' */
      clockSkewMs: z.number().optional(),
      /** why it takes no job at present */
      heldBecause: z.string().optional(),
    }),
  ),
  /** where live workers declare the job in several ways, as in a rolling deploy: newest first */
  declarations: z.array(
    z.object({
      version: z.string().optional(),
      /** when it was first announced */
      announcedAt: z.string(),
      /** the newest; workers with another one take no run of the job */
      inForce: z.boolean(),
      manualRun: z.boolean(),
      /** fields in which it differs from the one in force */
      differsIn: z.array(z.string()),
      workers: z.number().int(),
    }),
  ),
  actions: z.object({
    run: capabilitySchema,
    cancel: capabilitySchema,
    retry: capabilitySchema,
    /** only while the queue is paused */
    resume: capabilitySchema.optional(),
  }),
  freshness: freshnessSchema,
});
export type JobDetail = z.infer<typeof jobDetailSchema>;

/** Depth of a queue at a moment. Ages are milliseconds. */
const queueStateSchema = z.object({
  engine: z.string(),
  queue: z.string(),
  jobId: z.string(),
  waiting: z.number().int(),
  active: z.number().int(),
  delayed: z.number().int(),
  oldestWaitMs: z.number().optional(),
  workers: z.number().int(),
  /** no worker takes anything until somebody resumes the queue */
  paused: z.boolean().optional(),
  /** most runs that all workers together may have, as the queue says */
  concurrency: z.number().int().optional(),
  /** most runs that all workers together may begin in a time, as the queue says */
  rateLimit: queueRateSchema.optional(),
});
/** @public */
export type QueueState = z.infer<typeof queueStateSchema>;

/** Answer of `GET /queues`. */
export const queuesSchema = z.object({
  items: z.array(queueStateSchema),
  freshness: freshnessSchema,
});
export type Queues = z.infer<typeof queuesSchema>;
