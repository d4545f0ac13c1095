import { z } from 'zod';
import { listParameter, tenantParameter } from '../lib';
import { freshnessSchema } from '../jobs';
import { MAX_UPCOMING_HOURS } from './filter';

/** Query of `GET /upcoming-runs`: the jobs, and how far ahead. */
export const upcomingQuerySchema = z.object({
  hours: z.coerce.number().int().min(1).max(MAX_UPCOMING_HOURS).default(24),
  search: z.string().trim().min(1).max(200).optional(),
  owner: listParameter(z.string().min(1).max(300)),
  tenant: listParameter(tenantParameter),
});
export type UpcomingQuery = z.infer<typeof upcomingQuerySchema>;

/** Why a slot will not run on time. */
const obstacleSchema = z.discriminatedUnion('kind', [
  /** no live worker announces the job */
  z.object({ kind: z.literal('no-worker') }),
  /** a maintenance window keeps runs on the queue until its end */
  z.object({
    kind: z.literal('maintenance'),
    until: z.string(),
    /** absent: the whole platform is offline */
    tenant: z.string().optional(),
  }),
]);
export type UpcomingObstacle = z.infer<typeof obstacleSchema>;

/** A time at which a schedule starts a job; of a frequent job, the first of many. */
export const upcomingRunSchema = z.object({
  /** `<engine>/<name>` */
  jobId: z.string(),
  jobName: z.string(),
  engine: z.string(),
  owner: z.string().optional(),
  at: z.string(),
  timezone: z.string().optional(),
  /** 1 where each has a row of its own; of a frequent job, how many there are until `lastAt` */
  count: z.number().int(),
  /** false: the job starts after `lastAt` as well, how often was not followed */
  countIsExact: z.boolean(),
  lastAt: z.string().optional(),
  /** tenants that it runs for, of those the caller may see; absent where it runs for none */
  tenantCount: z.number().int().optional(),
  /** how long it usually takes: the 95th percentile */
  p95DurationMs: z.number().optional(),
  obstacles: z.array(obstacleSchema),
});
export type UpcomingRun = z.infer<typeof upcomingRunSchema>;

/** Answer of `GET /upcoming-runs`, the earliest first. */
export const upcomingSchema = z.object({
  from: z.string(),
  to: z.string(),
  items: z.array(upcomingRunSchema),
  /** how many jobs start in that time */
  jobCount: z.number().int(),
  /** false: there are more jobs, which start later */
  isComplete: z.boolean(),
  /** of more than 1,000 starts the first are listed: up to this time; absent: all are */
  listedUntil: z.string().optional(),
  freshness: freshnessSchema,
});
export type Upcoming = z.infer<typeof upcomingSchema>;
