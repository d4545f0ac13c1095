import { z } from 'zod';

/** Fewest characters, blanks at the ends not counted, of a reason. @public */
export const MIN_REASON_LENGTH = 8;
/** Most characters of a reason. @public */
export const MAX_REASON_LENGTH = 1000;

/** Why somebody does something: every action needs one. Trimmed. @public */
export const reasonSchema = z
  .string()
  .trim()
  .min(
    MIN_REASON_LENGTH,
    `say why, in at least ${MIN_REASON_LENGTH} characters`,
  )
  .max(MAX_REASON_LENGTH);
