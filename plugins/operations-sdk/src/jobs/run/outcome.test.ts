import { Interruption } from './Interruption';
import { outcomeOf, toRunError } from './outcome';

function cancelled(): Interruption {
  const interruption = new Interruption();
  interruption.interrupt('cancelled', 'The run was cancelled');
  return interruption;
}

describe('the outcome of an attempt', () => {
  it('is success with exit code 0 where the handler returns nothing', () => {
    expect(
      outcomeOf({ returned: undefined }, new Interruption(), { n: 1 }),
    ).toEqual({ state: 'succeeded', exitCode: 0, result: { n: 1 } });
  });

  it('is failure with the code that was returned, thrown, or 1', () => {
    const none = new Interruption();
    expect(outcomeOf({ returned: { exitCode: 3 } }, none, 0)).toMatchObject({
      state: 'failed',
      exitCode: 3,
      error: { message: 'ended with exit code 3' },
    });
    const own = Object.assign(new Error('no disk'), { exitCode: 28 });
    expect(outcomeOf({ threw: own }, none, 0)).toMatchObject({
      state: 'failed',
      exitCode: 28,
      error: { message: 'no disk' },
    });
    expect(outcomeOf({ threw: 'text' }, none, 0)).toMatchObject({
      state: 'failed',
      exitCode: 1,
      error: { name: 'Error', message: 'text' },
    });
  });

  it('is cancelled where the handler threw after a cancellation', () => {
    const interruption = cancelled();
    expect(
      outcomeOf({ threw: interruption.cause }, interruption, undefined),
    ).toMatchObject({ state: 'cancelled', error: undefined });
    expect(
      outcomeOf({ threw: new Error('cleanup broke') }, cancelled(), 0),
    ).toMatchObject({
      state: 'cancelled',
      error: { message: 'cleanup broke' },
    });
  });

  it('is cancelled where the handler had taken the signal and returned', () => {
    const interruption = new Interruption();
    const { signal } = interruption;
    interruption.interrupt('cancelled', 'The run was cancelled');
    expect(signal.aborted).toBe(true);
    expect(outcomeOf({ returned: undefined }, interruption, undefined)).toEqual(
      { state: 'cancelled', exitCode: 0, result: undefined },
    );
  });

  it('is cancelled where the handler caught what stopped it, and returned', () => {
    const interruption = cancelled();
    expect(() => interruption.throwIfInterrupted()).toThrow(
      'The run was cancelled',
    );
    expect(
      outcomeOf({ returned: undefined }, interruption, undefined).state,
    ).toBe('cancelled');
  });

  it('is success where the handler never took the signal and was stopped by nothing', () => {
    const interruption = new Interruption();
    interruption.throwIfInterrupted();
    interruption.interrupt('cancelled', 'The run was cancelled');
    expect(
      outcomeOf({ returned: undefined }, interruption, undefined).state,
    ).toBe('succeeded');
  });

  it('is a time-out whatever the handler made of it', () => {
    const interruption = new Interruption();
    interruption.interrupt('timed-out', 'The run took longer than 1 s');
    expect(
      outcomeOf({ returned: { exitCode: 0 } }, interruption, undefined),
    ).toMatchObject({
      state: 'timed-out',
      exitCode: 1,
      error: { message: 'The run took longer than 1 s' },
    });
  });

  it('leaves out a result that is too large, and says so', () => {
    const { result } = outcomeOf(
      { returned: { result: 'x'.repeat(20_000) } },
      new Interruption(),
      undefined,
    );
    expect(result).toEqual({
      leftOut: 'a result of 20002 bytes, more than 16384',
    });
  });

  it('names the cause of an error whose message adds nothing', () => {
    const error = new Error('fetch failed', {
      cause: new Error('connect ECONNREFUSED 127.0.0.1:1'),
    });
    expect(toRunError(error).message).toBe(
      'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
    );
  });
});

describe("a run's signal", () => {
  it('works with what takes an AbortSignal', async () => {
    const interruption = new Interruption();
    const any = AbortSignal.any([interruption.signal]);
    interruption.interrupt('cancelled', 'The run was cancelled');
    expect(any.aborted).toBe(true);
    await expect(
      fetch('http://127.0.0.1:9', { signal: interruption.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(() => interruption.signal.throwIfAborted()).toThrow(
      'The run was cancelled',
    );
  });
});
