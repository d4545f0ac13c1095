import { createHash } from 'node:crypto';

/**
 * A number in [0, 1) that is always the same for the same words: the demo looks lively, and
 * repeats itself.
 */
export function chance(...words: Array<string | number>): number {
  const hash = createHash('sha256').update(words.join('|')).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

/** A whole number from `min` to `max`, always the same for the same words. */
export function between(
  min: number,
  max: number,
  ...words: Array<string | number>
): number {
  return min + Math.floor(chance(...words) * (max - min + 1));
}
