import { z } from 'zod';
import { reasonSchema } from './reason';

/** ISO 8601 with `Z` or an offset. */
export const instantSchema = z.iso.datetime({ offset: true });

/** A tenant, as somebody asks for it: 200 characters have at most 400 UTF-16 units. */
export const tenantParameter = z.string().min(1).max(400);

/** A query parameter that is `true` or `false`. */
export const booleanParameter = z
  .enum(['true', 'false'])
  .transform(text => text === 'true')
  .optional();

/**
 * State of a control that has an end, by the portal's clock. One that was ended before it began is
 * `cancelled`: it never was in force, and its end lies before its start.
 */
export const timedControlStateSchema = z.enum([
  'scheduled',
  'active',
  'ended',
  'cancelled',
]);

/** What every control that has an end shows: rate-limit overrides, maintenance. */
export const timedControlFields = {
  id: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  state: timedControlStateSchema,
  /** by hand, before its time */
  endedEarly: z.boolean(),
  createdAt: z.string(),
  createdBy: z.string(),
  reason: z.string(),
  changedAt: z.string().optional(),
  changedBy: z.string().optional(),
  changeReason: z.string().optional(),
  /** whether the platform has it; false while Redis is away */
  published: z.boolean(),
};

/** Body of `POST …/extend` of a control that has an end. */
export const extendControlSchema = z.strictObject({
  endsAt: instantSchema,
  reason: reasonSchema,
});
