import { z } from 'zod';

/** Id of an endpoint, unique within its tenant. */
export const webhookEndpointIdSchema = z
  .string()
  .min(1)
  .max(150)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/);

/**
 * Standard Webhooks message id: the same through all attempts and replays, by it receivers
 * de-duplicate. Holds no dot (it is part of what is signed).
 */
export const webhookIdSchema = z
  .string()
  .min(1)
  .max(150)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_:-]*$/, 'letters, digits, `_`, `:`, `-`');

/** Event type, words joined by dots. */
export const webhookEventTypeSchema = z
  .string()
  .min(1)
  .max(150)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]*$/);
