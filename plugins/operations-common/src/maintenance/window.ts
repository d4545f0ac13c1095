import { z } from 'zod';
import {
  maintenanceMessagesSchema,
  maintenanceModeSchema,
  maintenanceScopeSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
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

/** A maintenance window. */
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

/** Query of `GET /maintenance`; the latest start first. */
export const maintenanceQuerySchema = pageQuerySchema.extend({
  state: listParameter(z.enum(['scheduled', 'active', 'ended'])),
  tenant: z.string().min(1).max(100).optional(),
});
export type MaintenanceQuery = z.infer<typeof maintenanceQuerySchema>;

/**
 * Body of `POST /maintenance`. It begins now, unless said otherwise; it always has an end.
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

/** Body of `POST /maintenance/:id/extend`. */
export const extendMaintenanceSchema = z.strictObject({
  endsAt: instant,
  reason: reasonSchema,
});

/** Body of `POST /maintenance/:id/end`: ends it now, or takes it back before it began. */
export const endMaintenanceSchema = z.strictObject({ reason: reasonSchema });
