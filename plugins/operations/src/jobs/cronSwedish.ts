import cronstrue from 'cronstrue';
import 'cronstrue/locales/sv';

const NTH = [
  ...['andra', 'tredje', 'fjärde', 'femte', 'sjätte', 'sjunde', 'åttonde'],
  ...['nionde', 'tionde', 'elfte', 'tolfte'],
];

/** "andra", "femte", "15:e", "21:a". */
function nth(n: number): string {
  if (n >= 2 && n <= 12) return NTH[n - 2];
  return [1, 2].includes(n % 10) ? `${n}:a` : `${n}:e`;
}

/** "varannan minut", "var femte minut", "var 15:e minut". */
const every = (unit: string, before = '') => {
  return (n?: string) =>
    Number(n) === 2
      ? `${before}varannan ${unit}`
      : `${before}var ${nth(Number(n))} ${unit}`;
};

/** "1 minut", "5 minuter"; a list of several is never one. */
const past = (one: string, many: string, rest: string) => (n?: string) =>
  `%s ${n === '1' ? one : many} ${rest}`;

/**
 * Lets `cronstrue` speak Swedish. Its own words for it are used, except where they are none that
 * somebody would say ("var 5 minut", "på 5 minuten efter timmen").
 */
export function addCronSwedish(): void {
  Object.assign(cronstrue.locales.sv, {
    at: () => 'Kl.',
    atSpace: () => 'Kl. ',
    atX0: () => 'kl. %s',
    atX0MinutesPastTheHour: past('minut', 'minuter', 'över varje hel timme'),
    atX0SecondsPastTheMinute: past('sekund', 'sekunder', 'in i varje minut'),
    commaAndOnX0: () => ', och %s',
    commaBetweenDayX0AndX1OfTheMonth: () => ', från dag %s till %s i månaden',
    commaDaysBeforeTheLastDayOfTheMonth: () =>
      ', %s dagar före den sista dagen i månaden',
    commaEveryX0Days: every('dag', ', '),
    commaEveryX0DaysOfTheWeek: every('veckodag', ', '),
    commaEveryX0Months: every('månad', ', '),
    commaOnDayX0OfTheMonth: () => ', dag %s i månaden',
    commaOnTheLastDayOfTheMonth: () => ', den sista dagen i månaden',
    commaOnTheLastWeekdayOfTheMonth: () => ', den sista vardagen i månaden',
    commaOnTheLastX0OfTheMonth: () => ', den sista %sen i månaden',
    commaOnTheX0OfTheMonth: () => ', den %s i månaden',
    commaOnlyInX0: () => ', bara i %s',
    commaStartingX0: () => ', från %s',
    everyX0Hours: every('timme'),
    everyX0Minutes: every('minut'),
    everyX0Seconds: every('sekund'),
    firstWeekday: () => 'första vardagen',
    minutesX0ThroughX1PastTheHour: () => 'minut %s till %s i varje timme',
    secondsX0ThroughX1PastTheMinute: () => 'sekund %s till %s i varje minut',
    spaceX0OfTheMonth: () => ' %sen i månaden',
    weekdayNearestDayX0: () => 'vardag som ligger närmast dag %s',
  });
}
