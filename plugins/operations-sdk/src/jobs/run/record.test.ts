import { isoTime } from './record';

describe('the times of a record', () => {
  it.each([
    0, 1, 999, 1_000, 1_764_500_000_007, 1_764_500_000_999, 1_764_500_001_000,
    253_402_300_799_999, -1, -1_000, -62_135_596_800_000, 1_764_499_999_010,
  ])('are written as Date does: %p', millis => {
    expect(isoTime(millis)).toBe(new Date(millis).toISOString());
  });

  it('are whole milliseconds, also where a clock gives parts of one', () => {
    expect(isoTime(1_764_500_000_007.9)).toBe(
      new Date(1_764_500_000_007).toISOString(),
    );
  });

  it('are refused where they are none', () => {
    expect(() => isoTime(NaN)).toThrow(RangeError);
    isoTime(5);
    expect(() => isoTime(Infinity)).toThrow(RangeError);
    expect(isoTime(6)).toBe('1970-01-01T00:00:00.006Z');
  });
});
