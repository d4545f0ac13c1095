import { z } from 'zod';
import { tenantSchema, timestampSchema } from '../common';
import { controlRecordSchema } from '../controls';

/**
 * `read-only` lets safe methods pass; `offline` only what the guard's configuration allows.
 */
export const maintenanceModeSchema = z.enum(['read-only', 'offline']);
export type MaintenanceMode = z.infer<typeof maintenanceModeSchema>;

/** Whom a window is for. */
export const maintenanceScopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('platform') }),
  z.object({ kind: z.literal('tenant'), tenant: tenantSchema }),
]);
export type MaintenanceScope = z.infer<typeof maintenanceScopeSchema>;

/** Language tag of a message, as in `Accept-Language`: `en`, `sv`, `pt-BR`. */
const languageSchema = z
  .string()
  .max(20)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/);

/** Messages for users, per language, as plain text. */
export const maintenanceMessagesSchema = z
  .record(languageSchema, z.string().trim().min(1).max(500))
  .refine(m => Object.keys(m).length <= 20, 'at most 20 languages');

/** A maintenance window. There is none without an end. */
export const maintenanceRecordSchema = controlRecordSchema.extend({
  scope: maintenanceScopeSchema,
  mode: maintenanceModeSchema,
  startsAt: timestampSchema,
  endsAt: timestampSchema,
  announceAt: timestampSchema
    .optional()
    .describe('from when on banners tell of it; absent: from its start'),
  timezone: z.string().min(1).max(100).default('UTC').describe('IANA name'),
  messages: maintenanceMessagesSchema.default({}),
  holdJobs: z
    .boolean()
    .default(true)
    .describe('offline: jobs of the tenant wait for its end'),
});
/** @public */
export type MaintenanceRecord = z.infer<typeof maintenanceRecordSchema>;
