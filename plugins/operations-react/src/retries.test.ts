import { ResponseError } from '@backstage/errors';
import { stopRetrying, isRetrying, retryLater, waitMs } from './retries';

const answered = (status: number, retryAfter?: string) =>
  ResponseError.fromResponse(
    new Response('{}', {
      status,
      headers: retryAfter ? { 'retry-after': retryAfter } : {},
    }),
  );

describe('retries of a request', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('[truth.25] are one loop, however often the request fails meanwhile', async () => {
    const again = jest.fn();
    const error = await answered(429);
    for (let n = 0; n < 3; n++) retryLater('key', error, again);
    expect(isRetrying('key')).toBe(true);
    jest.advanceTimersByTime(60_000);
    expect(again).toHaveBeenCalledTimes(1);
    expect(isRetrying('key')).toBe(false);
    stopRetrying('key');
  });

  it('begin anew after an answer', async () => {
    const again = jest.fn();
    const error = await answered(503);
    retryLater('key', error, again);
    stopRetrying('key');
    jest.advanceTimersByTime(60_000);
    expect(again).not.toHaveBeenCalled();
    retryLater('key', error, again);
    jest.advanceTimersByTime(2_000);
    expect(again).toHaveBeenCalledTimes(1);
    stopRetrying('key');
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
    async (status, after, n, wait) => {
      expect(waitMs(await answered(status, after), n)).toBe(wait);
    },
  );
});
