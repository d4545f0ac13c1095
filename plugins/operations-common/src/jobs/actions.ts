import { z } from 'zod';
import { reasonSchema } from '../lib';
import { timeRangeSchema, type RunDetail } from './run';

const parametersSchema = z.record(z.string().max(200), z.unknown());

/**
 * Body of `POST /jobs/:engine/:name/runs`. Parameters are checked against the job's own JSON
 * Schema.
 * @public
 */
export const runNowSchema = z.strictObject({
  reason: reasonSchema,
  tenant: z.string().min(1).max(100).optional(),
  dryRun: z.boolean().optional(),
  timeRange: timeRangeSchema.optional(),
  parameters: parametersSchema.optional(),
});
/** @public */
export type RunNowRequest = z.infer<typeof runNowSchema>;

/** Body of `POST /runs/:id/cancel`. @public */
export const cancelRunSchema = z.strictObject({ reason: reasonSchema });
/** @public */
export type CancelRunRequest = z.infer<typeof cancelRunSchema>;

/** Body of `POST /runs/:id/retry`; `parameters` replace the run's own. @public */
export const retryRunSchema = z.strictObject({
  reason: reasonSchema,
  parameters: parametersSchema.optional(),
});
/** @public */
export type RetryRunRequest = z.infer<typeof retryRunSchema>;

/** Answer (202) of the three actions: the run, and the audit row that was written. @public */
export interface RunActionResult {
  run: RunDetail;
  auditId: string;
}
