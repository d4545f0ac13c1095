import { z } from 'zod';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  pageSchema,
  tenantParameter,
} from '../lib';
import {
  freshnessSchema,
  runSchema,
  runStatusSchema,
  runTriggerSchema,
} from '../jobs';
import {
  RUN_AGES,
  RUN_DURATIONS,
  type RunAge,
  type RunDuration,
} from './filter';

/** Filters of the runs of all jobs: of their list, their counts and their bulk actions alike. */
export const runFilterSchema = z.object({
  /**
   * part of the name of a job, of a tenant, of an operator or of an error; or how the id, or a
   * parameter, begins
   */
  search: z.string().trim().min(2).max(200).optional(),
  status: listParameter(runStatusSchema),
  /** `<engine>/<name>` */
  job: listParameter(z.string().min(1).max(300)),
  owner: listParameter(z.string().min(1).max(300)),
  tenant: listParameter(tenantParameter),
  trigger: listParameter(runTriggerSchema),
  /** who asked for it */
  operator: listParameter(z.string().min(1).max(300)),
  /** fingerprint of an error group; groups of equal errors of several jobs share it */
  group: listParameter(z.string().min(1).max(64)),
  /** of those that have ended */
  duration: listParameter(
    z.enum(Object.keys(RUN_DURATIONS) as [RunDuration, ...RunDuration[]]),
  ),
  /** began, or was queued, no longer ago than this */
  age: z.enum(Object.keys(RUN_AGES) as [RunAge, ...RunAge[]]).optional(),
  from: instantSchema.optional(),
  /** not included */
  to: instantSchema.optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

/** Query of `GET /runs`. Newest first. */
export const runListQuerySchema = pageQuerySchema.extend(runFilterSchema.shape);
export type RunListQuery = z.infer<typeof runListQuerySchema>;

/** Answer of `GET /runs`. `totalIsExact` false: there are more than `totalItems`. */
export const runListSchema = pageSchema(runSchema).extend({
  totalIsExact: z.boolean(),
  freshness: freshnessSchema,
});
export type RunList = z.infer<typeof runListSchema>;

const facetSchema = z.array(
  z.object({
    value: z.string(),
    count: z.number().int(),
    /** of an error group: how one of its runs failed, in its own words */
    text: z.string().optional(),
  }),
);

/**
 * Answer of `GET /run-summary`. Each facet counts under the filters of all the others, among the
 * newest runs that they match, up to the limit up to which runs are counted; its most frequent
 * values, at most 100.
 */
export const runSummarySchema = z.object({
  totalItems: z.number().int(),
  totalIsExact: z.boolean(),
  facets: z.object({
    status: facetSchema,
    job: facetSchema,
    owner: facetSchema,
    tenant: facetSchema,
    trigger: facetSchema,
    operator: facetSchema,
    group: facetSchema,
    duration: facetSchema,
  }),
  freshness: freshnessSchema,
});
export type RunSummary = z.infer<typeof runSummarySchema>;
