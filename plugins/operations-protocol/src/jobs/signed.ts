/*
 * What a portal with signing keys writes to Redis instead of a plain request: a message that holds
 * a compact JWS (`../signing`), whose payload is the request with the claims below. Whoever can
 * write to Redis can write a message; nobody without the portal's key can sign one. The payload
 * names what it is for (type, job, run), so that a copy elsewhere proves nothing.
 */
import { z } from 'zod';
import { runIdSchema } from '../common';
import {
  commandIdSchema,
  webhookReplayCommandSchema,
} from '../webhooks/replay';
import { cancelRequestSchema } from './control';
import { runRequestSchema } from './runs';

/** Value of the JWS header's `typ`: a key that signs other things too signs no request by that. */
export const REQUEST_JWS_TYPE = 'operations-request';

/** What the ids begin with that the portal gives to runs. */
export const PORTAL_RUN_PREFIX = 'run-';

/**
 * Whether an id is of the kind that the portal gives. A run that it did not sign has none. A job
 * may be called `run-…` too, but the ids that follow from a job's name hold a dot.
 */
export function isPortalRunId(runId: string): boolean {
  return runId.startsWith(PORTAL_RUN_PREFIX) && !runId.includes('.');
}

/** Carries a signed request: a job's data, an entry of a stream, the value of a key. */
export const signedMessageSchema = z.object({
  v: z.literal(1),
  runId: runIdSchema
    .optional()
    .describe('of a run or its cancellation, for who looks; no proof'),
  jws: z
    .string()
    .max(2_000_000)
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/, 'a compact JWS')
    .describe('EdDSA; the payload is JSON'),
});
/** @public */
export type SignedMessage = z.infer<typeof signedMessageSchema>;

/** Who asked, what allowed it, and until when it may be obeyed. */
const signedBySchema = z.object({
  actor: z
    .string()
    .min(1)
    .max(300)
    .describe('entity reference of the user, or `service:<subject>`'),
  onBehalfOf: z.string().max(300).optional(),
  permission: z
    .string()
    .min(1)
    .max(200)
    .describe('name of the permission by which the portal allowed it'),
  iat: z.number().int().nonnegative().describe('seconds since 1970'),
  exp: z
    .number()
    .int()
    .nonnegative()
    .describe('seconds since 1970; not obeyed from then on'),
});

const signedJobSchema = z
  .string()
  .min(1)
  .max(300)
  .describe('`<engine>/<name>` of the job that it is for');

/** Payload of a signed run. `make-up` is reserved: running a slot that was missed. */
export const signedRunRequestSchema = runRequestSchema.extend({
  ...signedBySchema.shape,
  type: z.enum(['run', 'retry', 'make-up']),
  job: signedJobSchema,
  runId: runIdSchema,
});
export type SignedRunRequest = z.infer<typeof signedRunRequestSchema>;

/** Payload of a signed cancellation. */
export const signedCancelRequestSchema = cancelRequestSchema.extend({
  ...signedBySchema.shape,
  type: z.literal('cancel'),
  job: signedJobSchema,
});
export type SignedCancelRequest = z.infer<typeof signedCancelRequestSchema>;

/** Payload of a signed replay of a webhook. */
export const signedReplayCommandSchema = webhookReplayCommandSchema.extend({
  ...signedBySchema.shape,
  type: z.literal('webhook-replay'),
});
export type SignedReplayCommand = z.infer<typeof signedReplayCommandSchema>;

/** Payload of the signed stop of a bulk replay. */
export const signedReplayStopSchema = z.object({
  ...signedBySchema.shape,
  v: z.literal(1),
  type: z.literal('webhook-replay-stop'),
  bulkId: commandIdSchema,
});
export type SignedReplayStop = z.infer<typeof signedReplayStopSchema>;

/** Any payload that a portal signs. */
export type SignedRequest =
  | SignedRunRequest
  | SignedCancelRequest
  | SignedReplayCommand
  | SignedReplayStop;
