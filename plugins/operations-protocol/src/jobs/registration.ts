import { z } from 'zod';
import {
  engineNameSchema,
  entityRefSchema,
  jobNameSchema,
  tenantSchema,
  timestampSchema,
} from '../common';
import { schemaPatternProblem } from '../patterns/schema';
import { jobAbilitiesSchema } from './abilities';

/** Who fires a schedule: the job's engine, or a scheduler that only the platform knows. */
export const firingSchema = z.object({
  by: z
    .enum(['engine', 'external'])
    .optional()
    .describe(
      'external: another scheduler fires the job (cron, systemd, Airflow, Kubernetes); default engine',
    ),
  firedBy: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('completes "fired by", where external: "cron on db-1"'),
});

/**
 * When a job runs by itself: a cron expression (5 or 6 fields) in a time zone, or every so many
 * milliseconds.
 */
const scheduleSchema = z.union([
  z.object({
    cron: z.string().min(1).max(200),
    timezone: z.string().min(1).max(100).default('UTC').describe('IANA name'),
    ...firingSchema.shape,
  }),
  z.object({
    everyMs: z.number().int().min(1000),
    offsetMs: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe('where in the interval its slots lie, from the epoch; none: 0'),
    ...firingSchema.shape,
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** Whom to page, and where the runbook is: shown wherever the page must say no. */
const jobLinkSchema = z.object({
  title: z.string().min(1).max(200),
  url: z
    .string()
    .max(2000)
    .regex(/^(https?:|mailto:|tel:|\/)/),
});

/** The library that a worker uses. */
const sdkSchema = z.object({
  name: z.string().max(100),
  version: z.string().max(50),
  language: z.string().max(50),
});

/**
 * A job as its platform declares it. Everything the portal knows of a job comes from here; the
 * platform's code is the only place it is declared. All durations are milliseconds.
 */
export const jobRegistrationSchema = z.object({
  v: z.literal(1),
  engine: engineNameSchema.describe(
    'who carries a run request to the worker: `bullmq` (a BullMQ queue), `protocol` (the requests stream), or an engine that a module of the portal adds; any other is only watched',
  ),
  abilities: jobAbilitiesSchema
    .optional()
    .describe(
      'what its engine can but this job cannot; default: as its engine',
    ),
  name: jobNameSchema,
  queue: z
    .string()
    .min(1)
    .max(200)
    .describe('BullMQ queue: the encoded name, but for foreign queues'),
  title: z.string().max(200).optional(),
  description: z.string().max(2000).default(''),
  owner: entityRefSchema.optional(),
  entityRef: entityRefSchema
    .optional()
    .describe(
      'entity of the catalog that is this job, by its annotation; none: the portal makes one',
    ),
  system: z.string().max(300).optional(),
  lifecycle: z.string().max(100).optional(),
  tags: z.array(z.string().max(63)).max(20).default([]),
  links: z.array(jobLinkSchema).max(10).default([]),
  schedule: scheduleSchema.nullable().default(null).describe('null: on demand'),
  manualRun: z
    .boolean()
    .default(true)
    .describe('false: the contract forbids manual runs and retries'),
  manualRunReason: z
    .string()
    .max(500)
    .optional()
    .describe('why it is not safe to run by hand'),
  onCall: jobLinkSchema.optional().describe('whom to page'),
  cancellable: z
    .boolean()
    .default(false)
    .describe('the handler honours a cancellation'),
  tenantScoped: z.boolean().default(false),
  tenants: z
    .array(tenantSchema)
    .max(10_000)
    .default([])
    .describe('tenants a scheduled run fans out to, and a manual run may name'),
  supportsDryRun: z.boolean().default(false),
  supportsTimeRange: z.boolean().default(false),
  parametersSchema: z
    .record(z.string(), z.unknown())
    .superRefine((schema, context) => {
      const problem = schemaPatternProblem(schema);
      if (problem) context.addIssue({ code: 'custom', ...problem });
    })
    .nullable()
    .default(null)
    .describe('JSON Schema 2020-12 of the parameters object'),
  targetDurationMs: z.number().int().positive().optional(),
  maxQueueDepth: z.number().int().nonnegative().optional(),
  maxWaitMs: z.number().int().positive().optional(),
  missedAfterMs: z.number().int().positive().optional(),
  startWithinMs: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      'of a job with manualRun false: how long after its moment a slot may start; none: until the next slot is due',
    ),
  failureThreshold: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('failures in a row that make it a streak'),
  timeoutMs: z.number().int().positive().optional(),
  attempts: z.number().int().min(1).max(100).default(1),
  backoff: z
    .object({
      type: z.enum(['fixed', 'exponential']),
      delayMs: z.number().int().nonnegative(),
    })
    .optional(),
  concurrency: z.number().int().min(1).max(1000).default(1),
  sdk: sdkSchema.optional(),
  registeredAt: timestampSchema,
});
/** @public */
export type JobRegistration = z.infer<typeof jobRegistrationSchema>;
/** What a registrar may write: defaults left out. @public */
export type JobRegistrationInput = z.input<typeof jobRegistrationSchema>;

/** What a release calls itself; of two, the one with the higher number in it is the newer. */
export const versionSchema = z
  .string()
  .min(1)
  .max(100)
  .describe(
    'compared part by part, numbers as numbers: 1.10 is newer than 1.9',
  );

/** A declaration of a job, for as long as workers of several versions are alive. */
export const jobDeclarationSchema = z.object({
  v: z.literal(1),
  registration: jobRegistrationSchema,
  version: versionSchema.optional(),
  announcedAt: timestampSchema.describe(
    "when it was first announced, by Redis' time",
  ),
});
export type JobDeclaration = z.infer<typeof jobDeclarationSchema>;

/** A live worker process. */
export const workerRecordSchema = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(200),
  host: z.string().max(255),
  pid: z.number().int().optional(),
  startedAt: timestampSchema,
  jobs: z
    .array(z.string().max(300))
    .max(10_000)
    .describe('`<engine>/<name>` of each job it works on'),
  running: z
    .array(z.string().max(200))
    .max(10_000)
    .default([])
    .describe('ids of the runs it is executing'),
  declarations: z
    .array(z.string().max(64))
    .max(10_000)
    .optional()
    .describe(
      'digest of the declaration of each job in `jobs`, in the same order',
    ),
  clockSkewMs: z
    .number()
    .optional()
    .describe("by how much the machine's clock is ahead of Redis'"),
  heldBecause: z
    .string()
    .max(500)
    .optional()
    .describe('why it takes no job at present'),
  sdk: sdkSchema.optional(),
});
/** @public */
export type WorkerRecord = z.infer<typeof workerRecordSchema>;

/** A worker beats this often. @public */
export const HEARTBEAT_INTERVAL_MS = 5_000;
/** A worker whose record is older than this is dead, and what it was running is lost. @public */
export const WORKER_TTL_MS = 15_000;

/** `<engine>/<name>`: how a job is named across engines. @public */
export function jobId(job: { engine: string; name: string }): string {
  return `${job.engine}/${job.name}`;
}
