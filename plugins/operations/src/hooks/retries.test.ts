import { forgetRetry, isRetrying, retryLater, waitMs } from './retries';

const answered = (status: number, retryAfter?: string) =>
  Object.assign(new Error('no'), {
    name: 'ResponseError',
    body: { error: { name: 'Error', message: 'no' } },
    response: {
      status,
      headers: new Headers(retryAfter ? { 'retry-after': retryAfter } : {}),
    },
  });

describe('retries of a request', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('[truth.25] are one loop, however often the request fails meanwhile', () => {
    const again = jest.fn();
    for (let n = 0; n < 3; n++) retryLater('key', answered(429), again);
    expect(isRetrying('key')).toBe(true);
    jest.advanceTimersByTime(60_000);
    expect(again).toHaveBeenCalledTimes(1);
    expect(isRetrying('key')).toBe(false);
    forgetRetry('key');
  });

  it('begin anew after an answer', () => {
    const again = jest.fn();
    retryLater('key', answered(503), again);
    forgetRetry('key');
    jest.advanceTimersByTime(60_000);
    expect(again).not.toHaveBeenCalled();
    retryLater('key', answered(503), again);
    jest.advanceTimersByTime(2_000);
    expect(again).toHaveBeenCalledTimes(1);
    forgetRetry('key');
  });

  it.each([
    [401, undefined, 0, 0],
    [401, undefined, 1, 4_000],
    [503, undefined, 0, 2_000],
    [503, undefined, 9, 60_000],
    [429, '30', 0, 30_000],
    [429, '7200', 0, 60_000],
  ])(
    'after %s with Retry-After %s wait, after %s failures before, %s ms',
    (status, after, n, wait) => {
      expect(waitMs(answered(status, after), n)).toBe(wait);
    },
  );
});
