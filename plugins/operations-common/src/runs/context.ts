import { z } from 'zod';
import { runStatusSchema } from '../jobs';

const neighbourSchema = z.object({ id: z.string(), status: runStatusSchema });

/** What is around a run: runs of the same job and tenant. */
export const runContextSchema = z.object({
  previous: neighbourSchema.optional(),
  next: neighbourSchema.optional(),
  /** the last one before it that succeeded, of the 1,000 before it */
  lastSuccess: z
    .object({
      id: z.string(),
      endedAt: z.string().optional(),
      durationMs: z.number().optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  /** median of the last successes before it, at most 20 */
  usualDurationMs: z.number().optional(),
});
export type RunContext = z.infer<typeof runContextSchema>;
