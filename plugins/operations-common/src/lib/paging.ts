import { z } from 'zod';

/**
 * Query parameters of every list. `limit` is 1–200, 50 where not given; `cursor` comes from the
 * page before.
 */
export const pageQuerySchema = z.object({
  cursor: z.string().min(1).max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** A page of a list. `nextCursor` is absent on the last one. */
export interface Page<T> {
  items: T[];
  /** How many the filter matches in all, of those the caller may see. */
  totalItems: number;
  pageInfo: { nextCursor?: string };
}

/** Schema of a {@link Page} of something. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    totalItems: z.number().int().nonnegative(),
    pageInfo: z.object({ nextCursor: z.string().optional() }),
  });
}

/**
 * A query parameter that may be given once or repeatedly, read as a list without doubles.
 */
export function listParameter<T extends z.ZodType<string, string>>(item: T) {
  return z
    .union([item, z.array(item).max(100)])
    .transform(v => [...new Set(Array.isArray(v) ? v : [v])])
    .optional();
}
