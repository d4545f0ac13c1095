import { z } from 'zod';
import {
  maintenanceMessagesSchema,
  maintenanceModeSchema,
  maintenanceScopeSchema,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { listParameter, pageQuerySchema, reasonSchema } from '../lib';

const instant = z.iso.datetime({ offset: true });

/** Whether a name is one of a time zone. */
function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** A maintenance window. @public */
export const maintenanceWindowSchema = z.object({
  id: z.string(),
  scope: maintenanceScopeSchema,
  mode: maintenanceModeSchema,
  startsAt: z.string(),
  endsAt: z.string(),
  /** the end that was planned first */
  plannedEndsAt: z.string(),
  announceAt: z.string().optional(),
  timezone: z.string(),
  messages: maintenanceMessagesSchema,
  holdJobs: z.boolean(),
  state: z.enum(['scheduled', 'active', 'ended']),
  /** active past its first planned end */
  overrunning: z.boolean(),
  endedEarly: z.boolean(),
  createdAt: z.string(),
  createdBy: z.string(),
  reason: z.string(),
  changedAt: z.string().optional(),
  changedBy: z.string().optional(),
  changeReason: z.string().optional(),
  published: z.boolean(),
});
/** @public */
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** Query of `GET /maintenance`; the latest start first. @public */
export const maintenanceQuerySchema = pageQuerySchema.extend({
  state: listParameter(z.enum(['scheduled', 'active', 'ended'])),
  tenant: z.string().min(1).max(100).optional(),
});
/** @public */
export type MaintenanceQuery = z.infer<typeof maintenanceQuerySchema>;

/**
 * Body of `POST /maintenance`. It begins now, unless said otherwise; it always has an end.
 * @public
 */
export const createMaintenanceSchema = z.strictObject({
  scope: maintenanceScopeSchema,
  mode: maintenanceModeSchema,
  startsAt: instant.optional(),
  endsAt: instant,
  announceAt: instant.optional(),
  timezone: z
    .string()
    .max(100)
    .refine(isTimeZone, 'not the name of a time zone')
    .default('UTC'),
  messages: maintenanceMessagesSchema.default({}),
  holdJobs: z.boolean().default(true),
  reason: reasonSchema,
});
/** @public */
export type CreateMaintenanceRequest = z.input<typeof createMaintenanceSchema>;

/** Body of `POST /maintenance/:id/extend`. @public */
export const extendMaintenanceSchema = z.strictObject({
  endsAt: instant,
  reason: reasonSchema,
});
/** @public */
export type ExtendMaintenanceRequest = z.infer<typeof extendMaintenanceSchema>;

/** Body of `POST /maintenance/:id/end`: ends it now, or takes it back before it began. @public */
export const endMaintenanceSchema = z.strictObject({ reason: reasonSchema });
/** @public */
export type EndMaintenanceRequest = z.infer<typeof endMaintenanceSchema>;

/** Answer of the actions on windows. @public */
export interface MaintenanceActionResult {
  window: MaintenanceWindow;
  auditId: string;
}
