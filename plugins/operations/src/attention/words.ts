import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import {
  isKnownSentence,
  type SentenceValue,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  clockTime,
  durationText,
  roughDuration,
  toDateTime,
} from '../components/time';
import { locale } from '../components/format';
import type { AttentionT } from './messages';

/**
 * An item in the language and the zone of its reader. What the backend, or another plugin, has in
 * English alone stays as it is.
 */
export function inWords(t: AttentionT, item: AttentionItem): AttentionItem {
  const { title, detail } = item.words ?? {};
  return {
    ...item,
    title: say(t, title) ?? item.title,
    detail: say(t, detail) ?? item.detail,
  };
}

type Words = NonNullable<AttentionItem['words']>;

function say(t: AttentionT, sentence: Words['title']): string | undefined {
  if (!sentence || !isKnownSentence(sentence)) return undefined;
  // Which values a sentence needs is known to whoever made it.
  const anyOf = t as unknown as (
    key: string,
    values: Record<string, unknown>,
  ) => string;
  return anyOf(
    `facts.${sentence.code}`,
    Object.fromEntries(
      Object.entries(sentence.values).map(([name, value]) => [
        name,
        valueText(value),
      ]),
    ),
  );
}

function valueText(value: SentenceValue): string | number {
  if (typeof value !== 'object') return value;
  if ('ms' in value) return durationText(value.ms);
  if ('aboutMs' in value) return roughDuration(value.aboutMs);
  if ('at' in value) return clockTime(value.at, Date.now());
  return toDateTime(value.day).setLocale(locale()).toFormat('d LLL yyyy');
}
