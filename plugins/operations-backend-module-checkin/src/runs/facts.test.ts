import fc from 'fast-check';
import { joinFacts, type RunFacts } from './facts';
import { deadlineOf, recordOf } from './record';

const T0 = Date.parse('2026-11-20T02:00:00.000Z');
const NAMES = { runId: 'nightly..r1', job: 'nightly', reported: 'r1' };
const SCHEDULED = { schedule: { everyMs: 60_000, by: 'external' as const } };

const factsOf = (reports: RunFacts[]) =>
  reports.reduce<RunFacts | undefined>(joinFacts, undefined);
const historyOf = (reports: RunFacts[]) => {
  const facts = factsOf(reports);
  return facts && recordOf(NAMES, facts, SCHEDULED);
};

describe('what the reports of a run say together', () => {
  it('is a run that is running, then one that has ended', () => {
    const start = { since: T0, startedAt: T0, host: 'db-1' };
    expect(historyOf([start])).toMatchObject({
      id: 'nightly..r1',
      state: 'running',
      trigger: 'schedule',
      startedAt: '2026-11-20T02:00:00.000Z',
      result: { host: 'db-1' },
    });
    const end = { since: T0 + 5000, end: { at: T0 + 5000, exitCode: 2 } };
    expect(historyOf([start, end])).toMatchObject({
      state: 'failed',
      exitCode: 2,
      endedAt: '2026-11-20T02:00:05.000Z',
      error: { message: 'Ended with exit code 2' },
    });
  });

  it('has its start where only the end was reported, by its duration', () => {
    const end = { at: T0, exitCode: 0, durationMs: 1500 };
    expect(historyOf([{ since: T0, end }])).toMatchObject({
      state: 'succeeded',
      startedAt: '2026-11-20T01:59:58.500Z',
      endedAt: '2026-11-20T02:00:00.000Z',
    });
  });

  it('names what ended a run: a signal, a limit, somebody', () => {
    const ending = (end: object) =>
      historyOf([{ since: T0, end: { at: T0, ...end } }]);
    expect(ending({ exitCode: 137, signal: 'KILL' })).toMatchObject({
      state: 'failed',
      error: { message: 'Ended by the signal KILL' },
    });
    expect(ending({ exitCode: 143, outcome: 'timed-out' })!.state).toBe(
      'timed-out',
    );
    expect(ending({ exitCode: 143, outcome: 'cancelled' })!.state).toBe(
      'cancelled',
    );
  });

  it('keeps the last 200 lines of a log, by their numbers', () => {
    const chunk = (from: number, count: number): RunFacts => ({
      since: T0,
      lines: Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          from + i,
          [T0, `line ${from + i}`],
        ]),
      ),
    });
    const log = historyOf([chunk(151, 150), chunk(1, 150)])!.log!;
    expect(log.totalLines).toBe(300);
    expect(log.lines[0]).toMatchObject({ n: 101, text: 'line 101' });
    expect(log.lines).toHaveLength(200);
  });

  it('is lost when its limit has passed, until its end is known', () => {
    const start = { since: T0, startedAt: T0 };
    expect(deadlineOf(start, { timeoutMs: 1000 }, 9000)).toBe(T0 + 61_000);
    expect(deadlineOf(start, {}, 9000)).toBe(T0 + 69_000);
    const end = { at: T0, exitCode: 0 };
    expect(deadlineOf({ ...start, end }, {}, 9000)).toBeUndefined();
  });

  it('[checkin.2] is the history of the ordered reports, over 10,000 sequences that are shuffled, repeated and full of gaps', () => {
    const seen = { histories: new Set<string>(), shuffled: 0 };
    fc.assert(
      fc.property(sequences(), ({ ordered, arrived }) => {
        const expected = historyOf(ordered);
        expect(historyOf(arrived)).toEqual(expected);
        // nor does it matter how replicas group them
        const middle = Math.floor(arrived.length / 2);
        const halves = [arrived.slice(middle), arrived.slice(0, middle)]
          .map(factsOf)
          .filter(facts => facts !== undefined);
        expect(historyOf(halves)).toEqual(expected);
        seen.histories.add(JSON.stringify(expected));
        const stamps = arrived.map(one => one.since);
        if (String(stamps) !== String([...stamps].sort())) seen.shuffled += 1;
      }),
      { numRuns: 10_000 },
    );
    expect(seen.histories.size).toBeGreaterThan(5_000);
    expect(seen.shuffled).toBeGreaterThan(5_000);
  });

  /**
   * The reports of a run from two machines, some of them lost: once each in order, and as they may
   * arrive. Each machine's clock is wrong by an amount of its own, which the readings of `at` and
   * `sentAt` cancel out; what is left of a repetition's way is that it comes later.
   */
  function sequences() {
    const offset = fc.integer({ min: 0, max: 7_200_000 });
    const line = fc.tuple(
      offset,
      fc.integer({ min: 1, max: 300 }),
      fc.string(),
    );
    return fc
      .record({
        start: offset,
        progress: fc.array(fc.tuple(offset, fc.integer({ min: 0, max: 100 })), {
          maxLength: 4,
        }),
        lines: fc.array(line, { maxLength: 6 }),
        end: fc.tuple(
          offset,
          fc.record(
            {
              exitCode: fc.integer({ min: 0, max: 255 }),
              signal: fc.constantFrom('TERM', 'KILL'),
              durationMs: fc.integer({ min: 0, max: 7_200_000 }),
            },
            { requiredKeys: ['exitCode'] },
          ),
        ),
        hosts: fc.tuple(fc.constant('db-1'), fc.constantFrom('db-1', 'db-2')),
      })
      .chain(({ start, progress, lines, end, hosts }) => {
        const all: RunFacts[] = [
          { since: T0 + start, startedAt: T0 + start, host: hosts[0] },
          ...progress.map(([at, percent]) => ({ since: T0 + at, percent })),
          ...lines.map(([at, n, text]) => ({
            since: T0 + at,
            lines: { [n]: [T0 + at, text] as [number, string] },
          })),
          {
            since: T0 + end[0],
            end: { at: T0 + end[0], ...end[1] },
            host: hosts[1],
          },
        ];
        const ordered = [...all].sort((a, b) => a.since - b.since);
        return fc
          .record({
            kept: fc.subarray(ordered),
            again: fc.array(
              fc.tuple(fc.nat(), fc.integer({ min: 0, max: 600_000 })),
              { maxLength: 8 },
            ),
          })
          .chain(({ kept, again }) =>
            fc.record({
              ordered: fc.constant(kept),
              arrived: fc.shuffledSubarray(
                [
                  ...kept,
                  ...(kept.length
                    ? again.map(([i, late]) =>
                        later(kept[i % kept.length], late),
                      )
                    : []),
                ],
                { minLength: kept.length + (kept.length ? again.length : 0) },
              ),
            }),
          );
      });
  }

  /** The same report, as a repetition that took longer to arrive. */
  function later(report: RunFacts, ms: number): RunFacts {
    return {
      ...report,
      since: report.since + ms,
      ...(report.startedAt !== undefined && {
        startedAt: report.startedAt + ms,
      }),
      ...(report.end && { end: { ...report.end, at: report.end.at + ms } }),
      ...(report.lines && {
        lines: Object.fromEntries(
          Object.entries(report.lines).map(([n, [at, text]]) => [
            n,
            [at + ms, text],
          ]),
        ),
      }),
    };
  }
});
