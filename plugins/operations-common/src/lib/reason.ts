import { z } from 'zod';
import { MAX_REASON_LENGTH, MIN_REASON_LENGTH } from './limits';

/** Why somebody does something: every action needs one. Trimmed. */
export const reasonSchema = z
  .string()
  .trim()
  .min(
    MIN_REASON_LENGTH,
    `say why, in at least ${MIN_REASON_LENGTH} characters`,
  )
  .max(MAX_REASON_LENGTH);

/** Body of an action that needs nothing but a reason. */
export const reasonBodySchema = z.strictObject({ reason: reasonSchema });
