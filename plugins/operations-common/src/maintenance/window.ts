import { z } from 'zod';
import {
  maintenanceMessagesSchema,
  maintenanceModeSchema,
  maintenanceScopeSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  reasonSchema,
  tenantParameter,
  timedControlFields,
  timedControlStateSchema,
} from '../lib';

/** Whether a name is one of a time zone. */
function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** A maintenance window. */
export const maintenanceWindowSchema = z.object({
  ...timedControlFields,
  scope: maintenanceScopeSchema,
  mode: maintenanceModeSchema,
  /** the end that was planned first */
  plannedEndsAt: z.string(),
  announceAt: z.string().optional(),
  timezone: z.string(),
  messages: maintenanceMessagesSchema,
  holdJobs: z.boolean(),
  /** active past its first planned end */
  overrunning: z.boolean(),
});
/** @public */
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** Query of `GET /maintenance`; the latest start first. */
export const maintenanceQuerySchema = pageQuerySchema.extend({
  state: listParameter(timedControlStateSchema),
  tenant: tenantParameter.optional(),
});
export type MaintenanceQuery = z.infer<typeof maintenanceQuerySchema>;

/**
 * Body of `POST /maintenance`. It begins now, unless said otherwise; it always has an end.
 */
export const createMaintenanceSchema = z.strictObject({
  scope: maintenanceScopeSchema,
  mode: maintenanceModeSchema,
  startsAt: instantSchema.optional(),
  endsAt: instantSchema,
  announceAt: instantSchema.optional(),
  timezone: z
    .string()
    .max(100)
    .refine(isTimeZone, {
      message: 'not the name of a time zone',
      params: { code: 'field-time-zone' },
    })
    .default('UTC'),
  messages: maintenanceMessagesSchema.default({}),
  holdJobs: z.boolean().default(true),
  reason: reasonSchema,
});
