import { z } from 'zod';
import { listParameter } from '../lib';

/**
 * Topic of the event service: jobs appeared, changed or fell silent. It says so and no more; who
 * hears it asks the API.
 * @public
 */
export const JOBS_CHANGED_TOPIC = 'operations.jobs';

/** Query of `GET /catalog-jobs`: jobs after this id, in the order of ids. */
export const jobVersionsQuerySchema = z.object({
  after: z.string().min(1).max(300).optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(5000),
});

/**
 * Answer of `GET /catalog-jobs`: every job, and a text that changes whenever its entity would.
 */
export const jobVersionsSchema = z.object({
  items: z.array(z.object({ id: z.string(), version: z.string() })),
  /** absent on the last page */
  nextAfter: z.string().optional(),
});
export type JobVersions = z.infer<typeof jobVersionsSchema>;

/** Query of `GET /catalog-jobs/details`: at most 100 ids. */
export const jobDetailsQuerySchema = z.object({
  id: listParameter(z.string().min(1).max(300)),
});

/** What the catalog's entity of a job is made of. */
const catalogJobSchema = z.object({
  id: z.string(),
  version: z.string(),
  engine: z.string(),
  name: z.string(),
  queue: z.string(),
  title: z.string().optional(),
  description: z.string(),
  owner: z.string().optional(),
  /** A team's own entity that is the job, if the catalog has it. */
  entityRef: z.string().optional(),
  system: z.string().optional(),
  lifecycle: z.string().optional(),
  tags: z.array(z.string()),
  links: z.array(z.object({ title: z.string(), url: z.string() })),
  declared: z.boolean(),
  registered: z.boolean(),
});
export type CatalogJob = z.infer<typeof catalogJobSchema>;

/** Answer of `GET /catalog-jobs/details`; ids that are no jobs are left out. */
export const catalogJobsSchema = z.object({ items: z.array(catalogJobSchema) });
