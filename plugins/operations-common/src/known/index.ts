import { z } from 'zod';

/** Where a name has been seen. */
const knownSourceSchema = z.enum(['jobs', 'requests', 'webhooks', 'catalog']);
export type KnownSource = z.infer<typeof knownSourceSchema>;

export const knownKindSchema = z.enum(['tenant', 'owner']);
export type KnownKind = z.infer<typeof knownKindSchema>;

/** Answer of `GET /known/:kind`. */
export const knownNamesSchema = z.object({
  /** the one that is exactly what was searched for first, the others by name */
  items: z.array(
    z.object({ name: z.string(), seenIn: z.array(knownSourceSchema) }),
  ),
  /** could not be asked */
  away: z.array(knownSourceSchema),
});
export type KnownNames = z.infer<typeof knownNamesSchema>;
