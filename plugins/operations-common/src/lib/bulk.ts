import { z } from 'zod';
import { booleanParameter } from './fields';

/** What everything shows that is done to many things at a pace, and can be stopped. */
export const bulkProgressFields = {
  id: z.string(),
  /** `stopping`: nothing more is begun, what is under way is waited for */
  status: z.enum(['running', 'stopping', 'stopped', 'finished']),
  requestedBy: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  total: z.number().int(),
  tenants: z.number().int(),
  /** waiting for their turn */
  left: z.number().int(),
  /** begun and not ended */
  sent: z.number().int(),
  failed: z.number().int(),
  refused: z.number().int(),
  stopped: z.number().int(),
  /** ended in the last ten seconds, per second */
  ratePerSecond: z.number(),
  secondsLeft: z.number().optional(),
  /** May the caller stop it. */
  canStop: z.boolean(),
};

/** Query of a list of bulk actions, newest first: those under way, or those that have ended. */
export const bulksQuerySchema = z.object({ active: booleanParameter });
