import { z } from 'zod';
import { timestampSchema } from '../common';

/** How often a reader compares revisions, as a net under the messages. */
export const CONTROLS_POLL_MS = 1_000;

/**
 * The kinds of state that a portal publishes for the platform to hold by itself. Each kind has,
 * under its own keys: a revision, an index, and a record per control.
 */
export const CONTROL_KINDS = ['rate-limits', 'flags', 'maintenance'] as const;
const controlKindSchema = z.enum(CONTROL_KINDS);
export type ControlKind = z.infer<typeof controlKindSchema>;

/**
 * A revision: assigned by the portal's database under a lock, so that the order of revisions is the
 * order of commits, and never smaller than the epoch milliseconds at which it was assigned, so that
 * it keeps growing even when a database was restored from a backup.
 */
const revisionSchema = z.number().int().nonnegative();

/** What every published record carries beside its own fields. */
export const controlRecordSchema = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(200),
  revision: revisionSchema.describe('at which this record was last changed'),
  startsAt: timestampSchema.optional(),
  endsAt: timestampSchema
    .optional()
    .describe('the reader compares its clock; no message announces an end'),
});
export type ControlRecord = z.infer<typeof controlRecordSchema>;

/**
 * Published on the channel of a kind, by the script that wrote the records, so that the order of
 * messages is the order of writes. A reader at revision `base` replaces its records with these
 * and is then at `revision`; one at or after `revision` has nothing to do; any other reads the
 * whole state again. `records` is left out where there were too many to send.
 */
export const publishedControlMessageSchema = z.object({
  kind: controlKindSchema,
  base: revisionSchema,
  revision: revisionSchema,
  records: z.array(z.unknown()).optional(),
  removed: z.array(z.string()).optional(),
});
export type PublishedControlMessage = z.infer<
  typeof publishedControlMessageSchema
>;
