import { act, renderHook } from '@testing-library/react';
import { useAttempt } from './useAttempt';

describe('an attempt of the user', () => {
  it('forgets what was under way when it is reset, so that an old answer never comes back', async () => {
    const answers: Array<(answer: string) => void> = [];
    const { result } = renderHook(() =>
      useAttempt(() => new Promise<string>(resolve => answers.push(resolve))),
    );
    act(() => void result.current.start());
    act(() => result.current.reset());
    expect(result.current.busy).toBe(false);

    await act(async () => answers[0]('of the old input'));
    expect(result.current.result).toBeUndefined();

    act(() => void result.current.start());
    await act(async () => answers[1]('of the new input'));
    expect(result.current).toMatchObject({
      busy: false,
      result: 'of the new input',
    });
  });
});
