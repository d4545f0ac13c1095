import { z } from 'zod';
import type { SentenceValue } from './sentences';

/** Not spelt out in the API's description, where every reason has some. */
const valueSchema = z.custom<SentenceValue>(
  value =>
    ['string', 'number', 'object'].includes(typeof value) && value !== null,
);

/** A sentence as a code and its values; codes may be added. */
export const sentenceSchema = z.object({
  code: z.string(),
  values: z.record(z.string(), valueSchema),
});

/** What a `reason` is made of, where it has a code. */
export const reasonWordsSchema = z
  .object({ reason: sentenceSchema })
  .optional();
