import { needsMoves, readMoves, waitingSince } from './waiting';

const NOW = 10_000_000;
const HOUR = 3_600_000;

describe('since when a job waits', () => {
  it.each([
    ['added', { createdAt: NOW - 5 }, NOW - 5],
    ['delayed, due', { createdAt: NOW - HOUR, delayMs: HOUR - 7 }, NOW - 7],
    [
      'delayed, promoted before it was due',
      {
        createdAt: NOW - HOUR,
        delayMs: 2 * HOUR,
        moves: { waitingAt: NOW - 3, dueAt: NOW + HOUR },
      },
      NOW - 3,
    ],
    [
      'delayed, due while all workers were busy',
      {
        createdAt: NOW - 3 * HOUR,
        delayMs: HOUR,
        moves: { waitingAt: NOW - 1, dueAt: NOW - 2 * HOUR },
      },
      NOW - 2 * HOUR,
    ],
    [
      'delayed, its delay changed later',
      { createdAt: NOW - HOUR, delayMs: 5, moves: { dueAt: NOW - 9 } },
      NOW - 9,
    ],
    [
      'of a scheduler, made an interval ahead',
      { createdAt: NOW - HOUR, delayMs: HOUR - 40, slot: NOW - 40 },
      NOW - 40,
    ],
    [
      'retried after a pause',
      {
        createdAt: NOW - HOUR,
        isAgain: true,
        moves: { waitingAt: NOW - 4, dueAt: NOW - 6 },
      },
      NOW - 6,
    ],
    [
      'retried at once, by hand, or after its worker died',
      { createdAt: NOW - HOUR, isAgain: true, moves: { waitingAt: NOW - 4 } },
      NOW - 4,
    ],
    [
      'taken before, of which no event is left',
      { createdAt: 1, isAgain: true },
      undefined,
    ],
  ])('[guarantees.8] is known of a job %s', (_what, facts, since) => {
    expect(waitingSince(facts)).toBe(since);
  });

  it('asks for events only where they alone can say', () => {
    expect(needsMoves({ createdAt: NOW - 1 }, NOW)).toBe(false);
    expect(needsMoves({ createdAt: NOW - 9, delayMs: 9 }, NOW)).toBe(false);
    expect(needsMoves({ createdAt: NOW - 9, delayMs: 99 }, NOW)).toBe(true);
    expect(needsMoves({ createdAt: NOW - 9, isAgain: true }, NOW)).toBe(true);
  });

  it('reads the last moves of one job, and none of another of its id', () => {
    const of = (at: number, event: string, more: object = {}, jobId = 'a') =>
      [`${at}-0`, Object.entries({ event, jobId, ...more }).flat()] as [
        string,
        string[],
      ];
    const retried = [
      of(9, 'active', { prev: 'waiting' }),
      of(8, 'waiting', { prev: 'delayed' }),
      of(7, 'waiting', {}, 'b'),
      of(5, 'delayed', { delay: '6' }),
      of(4, 'active', { prev: 'waiting' }),
      of(3, 'waiting'),
    ];
    expect(readMoves(retried, 'a')).toEqual({ waitingAt: 8, dueAt: 6 });
    expect(readMoves(retried.slice(3), 'a')).toEqual({ dueAt: 6 });
    expect(readMoves(retried.slice(4), 'a')).toEqual({ waitingAt: 3 });
    const reused = [of(9, 'added'), of(8, 'delayed', { delay: '1' })];
    expect(readMoves(reused, 'a')).toEqual({});
    expect(readMoves([of(9, 'waiting', { prev: 'failed' })], 'a')).toEqual({
      waitingAt: 9,
    });
  });
});
