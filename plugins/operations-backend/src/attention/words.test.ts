import { knownWords, sentenceFor, worded } from './words';
import { sentence } from '../lib/sentences';

describe('the words of what needs attention', () => {
  it.each([
    [
      sentence('queue-depth', { job: 'Export', count: 1 }),
      '1 run of Export waits',
    ],
    [
      sentence('queue-depth', { job: 'Export', count: 1_204 }),
      '1,204 runs of Export wait',
    ],
    [
      sentence('service-level-figures', {
        p95: { aboutMs: 247_000 },
        target: { ms: 240_000 },
      }),
      '95 % of runs within about 4 min, target 4 min',
    ],
    [
      sentence('maintenance-extended', {
        end: { at: '2026-11-24T13:42:50.000Z' },
        person: 'user:default/ada',
      }),
      'Planned up to 2026-11-24 13:42 UTC, extended by user:default/ada.',
    ],
    [
      sentence('flag-stale', {
        flag: 'old-checkout',
        day: { day: '2026-06-30T23:30:00.000Z' },
      }),
      'old-checkout should have been removed by 30 Jun 2026',
    ],
    [
      sentenceFor('last-run-failed', { job: '<b>&{{x}} $t(target)' }, 'acme'),
      '<b>&{{x}} $t(target) failed for acme',
    ],
  ])(
    '[portal.6] are an English sentence beside code and values: %j',
    (title, text) => {
      expect(worded(title)).toEqual({ title: text, words: { title } });
    },
  );

  it('[portal.6] leave alone what is not ours to word, such as an error', () => {
    const title = sentence('last-run-failed', { job: 'Export' });
    expect(worded(title, '502 Bad Gateway')).toEqual({
      title: 'Export failed',
      detail: '502 Bad Gateway',
      words: { title },
    });
  });

  it('are left out where another plugin hands over codes that no page knows', () => {
    const fact = {
      ...worded(sentence('queue-paused', { job: 'Export' })),
      ...{ key: 'k', kind: 'k', severity: 'low' as const, since: new Date(0) },
      subject: { kind: 'job', ref: 'r', title: 't' },
      place: { kind: 'page' as const, page: 'jobs' as const },
    };
    expect(knownWords(fact)).toEqual(fact.words);
    const unknown = { code: 'constructor', values: {} } as never;
    expect(knownWords({ ...fact, words: { title: unknown } })).toBeUndefined();
  });
});
