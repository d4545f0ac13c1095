import type { FlagRecord } from './flag';

/** The part of a flag that says which variant is served when. */
export type FlagState = Pick<FlagRecord, 'variant' | 'until' | 'afterVariant'>;

/**
 * Name of the variant that is served at a moment; null: none, code uses its own default.
 * @param at - epoch milliseconds of the reader's clock
 */
export function variantAt(flag: FlagState, at: number): string | null {
  if (flag.until !== undefined && Date.parse(flag.until) <= at) {
    return flag.afterVariant ?? null;
  }
  return flag.variant;
}
