import fc from 'fast-check';
import { nextSlots } from '@craft-easy/backstage-plugin-operations-protocol/schedule';
import { setLanguage } from '../components/format';
import { addCronSwedish } from './cronSwedish';
import { cronWords } from './cronWords';

const MINUTE = 60_000;
const UNITS = {
  second: { ms: 1000, within: MINUTE },
  minute: { ms: MINUTE, within: 60 * MINUTE },
  hour: { ms: 60 * MINUTE, within: 24 * 60 * MINUTE },
} as const;
const WEEKDAYS = [
  ...['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday'],
  ...['Friday', 'Saturday'],
];

/** Some of the times at which an expression fires, in runs of consecutive ones. */
function fired(cron: string): Date[][] {
  const from = Date.parse('2026-01-01T00:00:00Z');
  return Array.from({ length: 24 }, (_, i) =>
    nextSlots(
      { cron, timezone: 'UTC' },
      from + i * (15 * 24 * 60 + 37) * MINUTE,
      60,
    ).map(slot => new Date(slot)),
  );
}

/** What the words claim that the fired times do not bear out. */
function lies(words: string, runs: Date[][]): string[] {
  const found: string[] = [];
  const every = words.match(/every (\d+) (\w+?)s\b/gi) ?? [];
  for (const claim of every) {
    const [, n, unit] = /every (\d+) (\w+?)s$/i.exec(claim)!;
    if (!(unit in UNITS)) {
      if (unit !== 'month') found.push(claim);
      continue;
    }
    const { ms, within } = UNITS[unit as keyof typeof UNITS];
    const bounded = /between|through/.test(words);
    for (const run of runs) {
      for (let i = 1; i < run.length; i++) {
        const gap = +run[i] - +run[i - 1];
        const right = gap === Number(n) * ms;
        if (gap <= within && !right && !(bounded && gap > Number(n) * ms)) {
          found.push(`${claim}, but fires after ${gap / MINUTE} min`);
        }
      }
    }
  }
  const all = runs.flat();
  const saysOf = (
    phrase: RegExp,
    named: (text: string) => string[],
    of: (at: Date) => string,
    complete = true,
  ) => {
    const said = phrase.exec(words)?.[1];
    if (said === undefined || /through|between/.test(said)) return;
    const names = new Set(named(said));
    const seen = new Set(all.map(of));
    for (const one of seen) if (!names.has(one)) found.push(`fires at ${one}`);
    // A few runs of a dense schedule do not reach each day.
    if (!complete) return;
    for (const one of names) if (!seen.has(one)) found.push(`not at ${one}`);
  };
  saysOf(
    /^At ((?:\d\d:\d\d(?:, | and )?)+)(?:,|$)/,
    text => text.match(/\d\d:\d\d/g)!,
    at => at.toISOString().slice(11, 16),
  );
  saysOf(
    /^At ([\d, and]+) minutes? past the hour/,
    text => text.match(/\d+/g)!,
    at => String(at.getUTCMinutes()),
  );
  saysOf(
    /on day ([\d, and]+) of the month/,
    text => text.match(/\d+/g)!,
    at => String(at.getUTCDate()),
    false,
  );
  saysOf(
    /only on ([\w, ]*day)/,
    text => text.match(/\w+day/g)!,
    at => WEEKDAYS[at.getUTCDay()],
    false,
  );
  return [...new Set(found)];
}

/** A field of an expression: any, one, some, a range, or a step over these. */
const field = (first: number, last: number) => {
  const value = fc.integer({ min: first, max: last });
  const range = fc
    .tuple(value, value)
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 2, max: last });
  return fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.uniqueArray(value, { minLength: 2, maxLength: 3 }).map(String),
    range,
    fc
      .tuple(fc.oneof(fc.constant('*'), value, range), step)
      .map(p => p.join('/')),
  );
};
const expression = fc
  .tuple(
    fc.option(field(0, 59), { nil: undefined, freq: 5 }),
    field(0, 59),
    field(0, 23),
    fc.oneof(fc.constant('*'), field(1, 28)),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, field(1, 12)),
    fc.oneof(fc.constant('*'), field(0, 6)),
  )
  .map(fields => fields.filter(one => one !== undefined).join(' '));

describe('the words of a cron expression', () => {
  it.each([
    ['*/45 * * * *', 'At 0 and 45 minutes past the hour'],
    ['0 */5 * * *', 'At 00:00, 05:00, 10:00, 15:00 and 20:00'],
    ['0 */6 * * *', 'On the hour, every 6 hours'],
    ['*/10 9-11 * * *', 'Every 10 minutes, between 09:00 and 11:59'],
    // no words would be both short and true
    ['*/7 * * * *', undefined],
    ['*/10 */3 * * *', undefined],
    ['0 0 */2 * *', undefined],
    ['0 0 1-7 * 1', undefined],
  ])('[truth.25] of %s say when it fires', (cron, words) => {
    expect(cronWords(cron)).toBe(words);
  });

  it.each([
    ['*/15 9-17 * * 1-5', /^Every 15 minutes, between 09:00 and 17:59, Monday/],
    ['0 0 * * */2', /only on Sunday, Tuesday, Thursday, and Saturday$/],
  ])('[truth.25] of %s name its days', (cron, words) => {
    expect(cronWords(cron)).toMatch(words);
  });

  it('[truth.25] never say other times than those at which it fires', () => {
    fc.assert(
      fc.property(expression, cron => {
        const words = cronWords(cron);
        const untrue = words === undefined ? [] : lies(words, fired(cron));
        expect({ words, untrue }).toEqual({ words, untrue: [] });
      }),
      { numRuns: 150 },
    );
  });

  describe('in Swedish', () => {
    beforeAll(() => {
      addCronSwedish();
      setLanguage('sv');
    });
    afterAll(() => setLanguage(undefined));

    it.each([
      ['15 2 * * 1', 'Kl. 02:15, varje måndag'],
      ['0 0 * * 1,3,5', 'Kl. 00:00, varje måndag, onsdag och fredag'],
      ['15 6 * * 1-5', 'Kl. 06:15, måndag till fredag'],
      ['* * * * *', 'Varje minut'],
      ['*/2 * * * *', 'Varannan minut'],
      ['*/5 * * * *', 'Var femte minut'],
      ['*/15 9-17 * * *', 'Var 15:e minut, mellan 09:00 och 17:59'],
      ['0 */6 * * *', 'På heltimmen, var sjätte timme'],
      ['1 * * * *', '1 minut över varje hel timme'],
      ['0,30 * * * *', '0 och 30 minuter över varje hel timme'],
      ['*/45 * * * *', '0 och 45 minuter över varje hel timme'],
      ['0 4 1 * *', 'Kl. 04:00, dag 1 i månaden'],
      ['0 4 L * *', 'Kl. 04:00, den sista dagen i månaden'],
      ['0 4 1 1,7 *', 'Kl. 04:00, dag 1 i månaden, bara i januari och juli'],
      ['0 4 * * 1#2', 'Kl. 04:00, den andra måndagen i månaden'],
      ['*/7 * * * *', undefined],
    ])('[portal.6] of %s are those that a Swede would say', (cron, words) => {
      expect(cronWords(cron)).toBe(words);
    });
  });

  it('[portal.6] are English in a language of which they are not known', () => {
    setLanguage('de');
    expect(cronWords('15 2 * * 1')).toBe('At 02:15, only on Monday');
    setLanguage(undefined);
  });
});
