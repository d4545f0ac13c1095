import { slaOf } from './sla';

describe('what a job promises', () => {
  const streakOf = (failure_streak: number) =>
    slaOf({ failure_streak } as never, { failureThreshold: 2 } as never)
      .rules[0];

  it('[truth.6] is not said to be kept where the last run failed', () => {
    expect([0, 1, 2].map(streakOf)).toMatchObject([
      {
        rule: 'failure-streak',
        state: 'ok',
        text: 'the last run did not fail, alarm from 2 in a row',
      },
      {
        rule: 'failure-streak',
        state: 'near',
        text: 'the last run failed, alarm from 2 in a row',
      },
      {
        rule: 'failure-streak',
        state: 'breached',
        text: 'the last 2 runs failed, alarm from 2 in a row',
      },
    ]);
  });

  it('[truth.6] says when a run was due as a person writes a time', () => {
    const due = Date.parse('2026-11-24T02:15:00Z');
    const [rule] = slaOf(
      { missed_slot: due } as never,
      { missedAfterMs: 60_000 } as never,
    ).rules;
    expect(rule.text).toBe(
      'the run due at 2026-11-24 02:15 UTC has not started',
    );
  });
});
