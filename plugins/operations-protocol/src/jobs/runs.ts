/*
 * The records of a run, and their order.
 *
 * Whoever learns something of a run makes a record of it: the worker each time the state or the
 * progress changes, the portal when it requests a run or takes one for lost. A record holds all
 * that its author knows of the run, never a difference. The portal keeps one row per run and
 * has to decide, for each record that arrives, whether it is newer than the row.
 *
 * Time cannot decide: the clocks of machines differ, and records of one run come from several
 * machines. Neither can the order of arrival: a worker that had lost Redis sends late, a
 * consumer that dies before it acknowledges gets the same records again, and the stream may be
 * trimmed.
 *
 * So a record's place follows from its content alone, by `runOrdinal`: first the attempt, then
 * how far the state is along (queued, running, cancelling, lost, the worker's own end), then
 * the progress. A record replaces the row exactly if its ordinal is higher. From that it
 * follows that
 *
 * - a record that is repeated or comes late changes nothing;
 * - a record that is missing does no harm, because the next one says everything again;
 * - any order of arrival ends in the same row, so that replicas of the portal need not agree;
 * - `lost` is a guess: the worker's own end, when it comes after all, is higher and replaces
 *   it.
 *
 * Who makes records must keep to one rule: within an attempt a run only moves forward. A retry
 * by the engine is a further attempt of the same run; a retry by a person is a run of its own,
 * which names the first one in `retryOf`.
 */
import { z } from 'zod';
import {
  engineNameSchema,
  jobNameSchema,
  runIdSchema,
  tenantSchema,
  timestampSchema,
} from '../common';

/** The states of a run. The last six are final. */
export const runStateSchema = z.enum([
  'queued',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
  'lost',
  'refused',
]);
/** @public */
export type RunState = z.infer<typeof runStateSchema>;

/** Whether a state is final. `lost` is final until its worker is heard of again. @public */
export function isFinalState(state: RunState): boolean {
  return !['queued', 'running', 'cancelling'].includes(state);
}

/** What set a run going. `api` is anything that put it on the queue without saying more. */
export const triggerSchema = z.enum(['schedule', 'manual', 'retry', 'api']);
/** @public */
export type Trigger = z.infer<typeof triggerSchema>;

/** Half-open interval `[from, to)` that a run shall work on. */
export const timeRangeSchema = z.object({
  from: timestampSchema,
  to: timestampSchema,
});
export type TimeRange = z.infer<typeof timeRangeSchema>;

const parametersSchema = z.record(z.string(), z.unknown());

/**
 * What a worker found of the request's signature: `verified`; `unchecked`, because the worker has
 * no keys; `missing`; `bad`. A run of its schedule has none.
 */
export const signatureSchema = z.enum([
  'verified',
  'unchecked',
  'missing',
  'bad',
]);
/** @public */
export type RequestSignature = z.infer<typeof signatureSchema>;

/** What is said of a run and proven by nothing: who asked for it, how, and why. */
export const runClaimsSchema = z.object({
  triggeredBy: z.string().max(300).optional(),
  trigger: triggerSchema.optional(),
  reason: z.string().max(2000).optional(),
  cancelledBy: z.string().max(300).optional(),
  problem: z
    .string()
    .max(500)
    .optional()
    .describe('what is wrong with the signature'),
});
/** @public */
export type RunClaims = z.infer<typeof runClaimsSchema>;

/**
 * The data of a queued run: what BullMQ's `job.data` (or the requests stream) carries. Claims, not
 * proof: the worker determines the trigger itself.
 */
export const runRequestSchema = z.object({
  v: z.literal(1),
  runId: runIdSchema
    .optional()
    .describe(
      'given by whoever requests the run; without one it is derived from the engine id and the time of creation',
    ),
  trigger: triggerSchema.optional(),
  triggeredBy: z
    .string()
    .max(300)
    .optional()
    .describe('entity reference of the person, or subject of the service'),
  reason: z.string().max(2000).optional(),
  tenant: tenantSchema.optional(),
  dryRun: z.boolean().optional(),
  timeRange: timeRangeSchema.optional(),
  parameters: parametersSchema.optional(),
  retryOf: runIdSchema.optional(),
  requestedAt: timestampSchema.optional(),
  slot: z
    .number()
    .int()
    .optional()
    .describe('epoch ms of the schedule slot a fanned-out run belongs to'),
});
/** @public */
export type RunRequest = z.infer<typeof runRequestSchema>;

/** One line of a log: number from 1, time, text without its line end. */
const logLineSchema = z.object({
  n: z.number().int().positive(),
  time: timestampSchema,
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** The end of a log, carried by the final record so that it outlives Redis. */
const logTailSchema = z.object({
  lines: z.array(logLineSchema),
  totalLines: z.number().int().nonnegative(),
});
export type LogTail = z.infer<typeof logTailSchema>;

/** Why a run failed. */
const runErrorSchema = z.object({
  name: z.string().max(200).default('Error'),
  message: z.string().max(4000),
  stack: z.string().max(16_000).optional(),
});
export type RunError = z.infer<typeof runErrorSchema>;

/**
 * One report about a run, on the runs stream. Each record says the whole of what its sender knows
 * (not a difference), so that losing, repeating or reordering records does no harm: the portal
 * keeps, per run, the record with the highest {@link runOrdinal}.
 */
export const runRecordSchema = z.object({
  v: z.literal(1),
  id: runIdSchema,
  engine: engineNameSchema,
  job: jobNameSchema,
  engineJobId: z
    .string()
    .max(300)
    .optional()
    .describe("the engine's own id, e.g. BullMQ's"),
  state: runStateSchema,
  attempt: z.number().int().min(1).default(1),
  at: timestampSchema.describe('when this state began'),
  trigger: triggerSchema,
  triggeredBy: z.string().max(300).optional(),
  reason: z.string().max(2000).optional(),
  signature: signatureSchema.optional(),
  permission: z
    .string()
    .max(200)
    .optional()
    .describe('by which a signed request was allowed'),
  claims: runClaimsSchema
    .optional()
    .describe('of a request that nothing proves'),
  tenant: tenantSchema.optional(),
  dryRun: z.boolean().default(false),
  timeRange: timeRangeSchema.optional(),
  parameters: parametersSchema.optional(),
  retryOf: runIdSchema.optional(),
  scheduledFor: timestampSchema.optional().describe('the slot of the schedule'),
  queuedAt: timestampSchema
    .optional()
    .describe('since when a worker could have taken this attempt'),
  startedAt: timestampSchema.optional(),
  endedAt: timestampSchema.optional(),
  workerId: z.string().max(200).optional(),
  progress: z.number().min(0).max(100).optional(),
  exitCode: z.number().int().optional(),
  error: runErrorSchema
    .optional()
    .describe(
      'of a failed run, or of the attempt before, while queued for the next',
    ),
  result: z.unknown().optional().describe('small JSON summary, at most 16 kB'),
  refusal: z
    .object({ rule: z.string().max(100), message: z.string().max(1000) })
    .optional(),
  cancelledBy: z.string().max(300).optional(),
  log: logTailSchema.optional(),
});
/** @public */
export type RunRecord = z.infer<typeof runRecordSchema>;
/** @public */
export type RunRecordInput = z.input<typeof runRecordSchema>;

/** Field of the runs stream that holds the JSON. @public */
export const RUN_RECORD_FIELD = 'record';
/** Field of the requests stream that holds the JSON of a {@link RunRequest}. @public */
export const RUN_REQUEST_FIELD = 'request';
/**
 * How long the portal remembers that it requested a run, so that repeating the request changes
 * nothing.
 */
export const REQUESTED_TTL_MS = 7 * 24 * 3600 * 1000;
/**
 * Length to which a producer lets the runs stream grow (approximately) before the oldest reports
 * are lost. The portal warns long before.
 */
export const RUNS_STREAM_MAX_LENGTH = 1_000_000;

/**
 * Bounds of a log: lines kept in Redis, bytes of a line, lines and bytes of the tail in the final
 * record.
 */
export const LOG_LIMITS = {
  maxLines: 200_000,
  maxLineBytes: 8_192,
  tailLines: 200,
  tailBytes: 64 * 1024,
  /** life of a log in Redis after its last line */
  ttlMs: 7 * 24 * 3600 * 1000,
} as const;

const RANK: Record<RunState, number> = {
  queued: 0,
  running: 2,
  cancelling: 3,
  lost: 4,
  succeeded: 5,
  failed: 5,
  cancelled: 5,
  'timed-out': 5,
  refused: 5,
};

/** Whole per cents of progress fit between two states. */
const STATE_STEP = 200;
const ATTEMPT_STEP = 10 * STATE_STEP;

/**
 * Total order of a run's records: by attempt, then by how far its state is along, then by progress.
 * A record replaces what is known exactly if its ordinal is higher; so a final state beats
 * `running`, 40 % beats 30 %, the worker's own word beats the portal's guess `lost`, and a further
 * attempt beats them all. An integer; compare it, do not take it apart.
 */
export function runOrdinal(record: {
  attempt: number;
  state: RunState;
  progress?: number;
}): number {
  const progress = isFinalState(record.state)
    ? 0
    : Math.floor(Math.min(100, Math.max(0, record.progress ?? 0)));
  return (
    record.attempt * ATTEMPT_STEP + RANK[record.state] * STATE_STEP + progress
  );
}
