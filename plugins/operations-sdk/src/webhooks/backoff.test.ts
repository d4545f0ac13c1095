import { retryAfterMs } from './backoff';

describe('how long a receiver asks to be left alone', () => {
  it('is an hour at most, however many digits it writes', () => {
    expect(retryAfterMs('120', 0)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:40 GMT', 40_000)).toBe(60_000);
    for (const digits of [7, 11, 400]) {
      expect(retryAfterMs('9'.repeat(digits), 0)).toBe(3_600_000);
    }
  });

  it('is not known where the header is neither seconds nor a date', () => {
    expect(retryAfterMs('soon', 0)).toBeUndefined();
    expect(retryAfterMs(undefined, 0)).toBeUndefined();
  });
});
