/**
 * A test's own clock. Timers, sockets and Redis go on as ever: only what time it is can be moved.
 */
export const clock = {
  start(): void {
    jest.useFakeTimers({
      now: Date.now(),
      advanceTimers: true,
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
  },
  forward(ms: number): void {
    jest.setSystemTime(Date.now() + ms);
  },
  stop(): void {
    jest.useRealTimers();
  },
};
