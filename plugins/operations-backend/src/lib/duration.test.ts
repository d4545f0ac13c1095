import { durationText, roughDuration } from './duration';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('durations in sentences', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [61_000, '1 min 1 s'],
    [2.5 * HOUR, '2 h 30 min'],
    [HOUR + 1_000, '1 h'],
    [49 * HOUR, '2 d 1 h'],
  ])('of %d ms, known exactly, read %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it.each([
    [123, '120 ms'],
    [7_480, '7.5 s'],
    [4 * MINUTE + 7_000, '4 min'],
    [12.4 * MINUTE, '12 min'],
    [1.4 * HOUR, '1.5 h'],
  ])('[truth.6] of %d ms, known to some per cent, read %s', (ms, text) => {
    expect(roughDuration(ms)).toBe(text);
  });
});
