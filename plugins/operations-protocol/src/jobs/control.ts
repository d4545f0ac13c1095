import { z } from 'zod';
import { runIdSchema, timestampSchema } from '../common';

/**
 * The durable half of a cancellation: a worker that was not listening finds it when it starts the
 * run and with each heartbeat.
 */
export const cancelRequestSchema = z.object({
  v: z.literal(1),
  runId: runIdSchema,
  requestedBy: z.string().max(300).optional(),
  reason: z.string().max(2000).optional(),
  requestedAt: timestampSchema,
});
/** @public */
export type CancelRequest = z.infer<typeof cancelRequestSchema>;

/** Life of a {@link CancelRequest}. */
export const CANCEL_TTL_MS = 24 * 3600 * 1000;

/** Life of the claim of a schedule's slot, and of its grants. */
export const SLOT_TTL_MS = 7 * 24 * 3600 * 1000;

/** A message to workers on the control channel. Unknown types are ignored. */
export const controlMessageSchema = z.object({
  type: z.literal('cancel'),
  runId: runIdSchema,
});
/** @public */
export type ControlMessage = z.infer<typeof controlMessageSchema>;

/**
 * A message to portals on the changes channel: something of this kind was changed, read it anew.
 * Unknown kinds are ignored.
 */
export const changeMessageSchema = z.object({
  changed: z.string().max(50),
  id: z.string().max(300).optional(),
});
export type ChangeMessage = z.infer<typeof changeMessageSchema>;
