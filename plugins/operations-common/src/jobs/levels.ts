import { z } from 'zod';
import { listParameter, pageSchema } from '../lib';
import { freshnessSchema } from './job';

/** How a job's queue stands now, and what came through. Ages are milliseconds. */
const queueLevelSchema = z.object({
  waiting: z.number().int(),
  active: z.number().int(),
  delayed: z.number().int(),
  oldestWaitMs: z.number().optional(),
  workers: z.number().int(),
  /** runs that ended */
  endedLastHour: z.number().int(),
  endedLastDay: z.number().int(),
});
export type QueueLevel = z.infer<typeof queueLevelSchema>;

/**
 * Of the runs of some days those that did what the job declared: succeeded, within its target
 * duration where it has one.
 */
const complianceSchema = z.object({
  runs: z.number().int(),
  met: z.number().int(),
});
export type Compliance = z.infer<typeof complianceSchema>;

/** A job against what it declared. */
const serviceLevelSchema = z.object({
  jobId: z.string(),
  engine: z.string(),
  name: z.string(),
  title: z.string().optional(),
  owner: z.string().optional(),
  /**
   * absent where the platform cannot be asked, and for who sees some tenants of the job only: a
   * queue does not tell them apart
   */
  queue: queueLevelSchema.optional(),
  targetDurationMs: z.number().optional(),
  /** over seven days */
  p50DurationMs: z.number().optional(),
  p95DurationMs: z.number().optional(),
  days7: complianceSchema,
  days30: complianceSchema,
});
export type ServiceLevel = z.infer<typeof serviceLevelSchema>;

/** Answer of `GET /service-levels`, which takes the query of `GET /jobs`. */
export const serviceLevelsSchema = pageSchema(serviceLevelSchema).extend({
  freshness: freshnessSchema,
});
export type ServiceLevels = z.infer<typeof serviceLevelsSchema>;

/** Query of `GET /queues/history`: of one job, of some owners', or of all. */
export const queueHistoryQuerySchema = z.object({
  /** `<engine>/<name>` */
  job: z.string().min(1).max(300).optional(),
  owner: listParameter(z.string().min(1).max(300)),
});
export type QueueHistoryQuery = z.infer<typeof queueHistoryQuerySchema>;

/** Some minutes of the queues that the caller may see, put together. */
const queuePointSchema = z.object({
  /** when it begins */
  at: z.string(),
  /** false: nobody looked, and what is not known is not zero */
  sampled: z.boolean(),
  /** the most that waited */
  waiting: z.number().int(),
  /** the longest that one had waited */
  oldestWaitMs: z.number(),
  /** runs that ended */
  ended: z.number().int(),
});
export type QueuePoint = z.infer<typeof queuePointSchema>;

/** Answer of `GET /queues/history`: the last 24 hours, oldest first, without gaps. */
export const queueHistorySchema = z.object({
  bucketMs: z.number().int(),
  /** queues that are counted */
  queues: z.number().int(),
  /**
   * queues of jobs of which the caller sees some tenants only: a queue does not tell them apart, so
   * they are not counted
   */
  hidden: z.number().int(),
  points: z.array(queuePointSchema),
});
export type QueueHistory = z.infer<typeof queueHistorySchema>;
