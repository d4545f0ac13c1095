import { z } from 'zod';
import { reasonSchema, tenantParameter } from '../lib';
import { timeRangeSchema } from './run';

const parametersSchema = z.record(z.string().max(200), z.unknown());

/**
 * Body of `POST /jobs/:engine/:name/runs`. Parameters are checked against the job's own JSON
 * Schema.
 */
export const runNowSchema = z.strictObject({
  reason: reasonSchema,
  tenant: tenantParameter.optional(),
  dryRun: z.boolean().optional(),
  timeRange: timeRangeSchema.optional(),
  parameters: parametersSchema.optional(),
});
export type RunNowRequest = z.infer<typeof runNowSchema>;

/** Body of `POST /runs/:id/retry`; `parameters` replace the run's own. */
export const retryRunSchema = z.strictObject({
  reason: reasonSchema,
  parameters: parametersSchema.optional(),
});
