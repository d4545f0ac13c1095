import { throttled } from './throttled';

describe('work that is throttled', () => {
  const work = jest.fn();
  beforeEach(() => {
    jest.useFakeTimers();
    work.mockReset();
  });
  afterEach(() => jest.useRealTimers());

  it('is done at once, then once per pause, and the last call is never left out', () => {
    const { call } = throttled(100, work);
    call('flags');
    expect(work).toHaveBeenCalledTimes(1);
    call('flags');
    call('flags');
    expect(work).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(100);
    expect(work).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(100);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is throttled for each topic by itself', () => {
    const { call } = throttled(100, work);
    call('flags');
    call('registry');
    expect(work.mock.calls).toEqual([['flags'], ['registry']]);
  });

  it('is done no more once it is stopped', () => {
    const { call, stop } = throttled(100, work);
    call('flags');
    call('flags');
    stop();
    jest.advanceTimersByTime(1_000);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
