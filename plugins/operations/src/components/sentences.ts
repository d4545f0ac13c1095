import type {
  Sentence,
  SentenceValue,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { locale } from './format';
import {
  absoluteTime,
  clockTime,
  durationText,
  roughDuration,
  toDateTime,
} from './time';

/**
 * A sentence of the backend in the language and the zone of its reader.
 *
 * @param t - of the messages that have its code, and those of its parts
 * @param prefix - of the keys of the codes there
 */
export function sentenceText(
  t: unknown,
  { code, values }: Sentence,
  prefix = '',
): string {
  // which values a sentence needs is known to whoever made it
  const say = t as (key: string, values: Record<string, unknown>) => string;
  const worded = Object.entries(values).map(([name, value]) => [
    name,
    valueText(value, part => sentenceText(t, part, prefix)),
  ]);
  return say(`${prefix}${code}`, Object.fromEntries(worded));
}

function valueText(
  value: SentenceValue,
  partText: (part: Sentence) => string,
): string | number {
  if (typeof value !== 'object') return value;
  if ('code' in value) return partText(value);
  if ('anyOf' in value) {
    const list = new Intl.ListFormat(locale(), { type: 'disjunction' });
    return list.format(value.anyOf);
  }
  if ('ms' in value) return durationText(value.ms);
  if ('aboutMs' in value) return roughDuration(value.aboutMs);
  if ('second' in value) return absoluteTime(value.second);
  if ('at' in value) return clockTime(value.at, Date.now());
  return toDateTime(value.day).setLocale(locale()).toFormat('d LLL yyyy');
}
