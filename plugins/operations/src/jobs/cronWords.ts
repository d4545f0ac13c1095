import cronstrue from 'cronstrue';
import { locale } from '../components/format';

/** From seconds to weekdays: how many values there are, and the first. */
const FIELDS = [
  { first: 0, size: 60 },
  { first: 0, size: 60 },
  { first: 0, size: 24 },
  { first: 1, size: 31 },
  { first: 1, size: 12 },
  { first: 0, size: 7 },
] as const;
const MINUTE = 1;
const HOUR = 2;
const DAY = 3;
const WEEKDAY = 5;

/** A longer list of times says less than the expression. */
const MOST_LISTED = 8;

/**
 * A cron expression in words; undefined where words would say other times than those at which it
 * fires. "Every 45 minutes" would be said of what fires at :00 and :45, and "every 10 minutes,
 * every 3 hours" of six times within each third hour: such steps are said as the times that they
 * are.
 */
export function cronWords(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  const all = fields.length === 5 ? ['0', ...fields] : fields;
  // Whoever names a day and a weekday gets both; the words sound as if they had to meet.
  if (!isAny(all[DAY]) && !isAny(all[WEEKDAY])) return undefined;
  const said = all.map((field, i) =>
    field.includes('/') && !isEven(all, i) ? listed(field, i) : field,
  );
  if (said.includes(undefined) || soundsLikeOnce(said as string[])) {
    return undefined;
  }
  try {
    return inLanguage(said.slice(6 - fields.length).join(' '));
  } catch {
    // only the engine understands it
    return undefined;
  }
}

/** In the language of the portal if `cronstrue` was given its words, else in English. */
function inLanguage(cron: string): string {
  const [language] = locale().split('-');
  const known = Object.hasOwn(cronstrue.locales, language);
  const words = cronstrue.toString(cron, {
    use24HourTimeFormat: true,
    locale: known ? language : 'en',
  });
  // it puts a comma before the last of a list in every language, as English does
  return language === 'sv' ? words.replaceAll(', och ', ' och ') : words;
}

/** "Every minute, at 03:00 and 06:00": an hour long, which it does not say. */
function soundsLikeOnce(fields: readonly string[]): boolean {
  return fields[HOUR].includes(',') && !/^[\d,]+$/.test(fields[MINUTE]);
}

function isAny(field: string | undefined): boolean {
  return field === '*' || field === '?';
}

/**
 * Whether "every n" is what a step does: the same distance also where the field begins anew, or a
 * range that says where it begins and ends, and once each time.
 */
function isEven(all: readonly string[], index: number): boolean {
  if (index === DAY || index === WEEKDAY) return false;
  if (!all.slice(0, index).every(finer => /^\d+$/.test(finer))) return false;
  const step = /^(.*)\/(\d+)$/.exec(all[index]);
  const values = valuesOf(all[index], index);
  if (!step || !values || all[index].includes(',')) return false;
  const [, range, distance] = step;
  const { size } = FIELDS[index];
  const pause = values[0] + size - values[values.length - 1];
  return range.includes('-')
    ? pause >= Number(distance)
    : pause === Number(distance);
}

/** The values of a field as a list; undefined where there are too many to be read. */
function listed(field: string, index: number): string | undefined {
  const values = valuesOf(field, index);
  return values && values.length <= MOST_LISTED ? values.join(',') : undefined;
}

/** The values that a field of numbers stands for, in order. */
function valuesOf(field: string, index: number): number[] | undefined {
  const { first, size } = FIELDS[index];
  // a week goes from Sunday to Sunday, which is 0 and 7
  const last = index === WEEKDAY ? size : first + size - 1;
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const found = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!found) return undefined;
    const [, from, to, step] = found;
    const begin = from === undefined ? first : Number(from);
    const single = from !== undefined && to === undefined && !step;
    const end = single ? begin : Number(to ?? last);
    for (let n = begin; n <= end; n += Number(step ?? 1)) {
      values.add(index === WEEKDAY ? n % 7 : n);
    }
  }
  return values.size > 0 ? [...values].sort((a, b) => a - b) : undefined;
}
