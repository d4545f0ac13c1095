import {
  ATTENTION_SENTENCES,
  isKnownSentence,
  type Sentence,
  type SentenceCode,
  type SentenceValue,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { createInstance } from 'i18next';
import { DateTime } from 'luxon';
import { durationText, roughDuration } from '../lib/duration';
import { minuteText } from '../lib/time';

/** A fact whose words can be said in other languages; those of other plugins have English alone. */
export interface WordedFact extends AttentionFact {
  words?: AttentionItem['words'];
}

const english = createInstance({
  lng: 'en',
  resources: { en: { translation: ATTENTION_SENTENCES } },
  initImmediate: false,
  interpolation: { escapeValue: false },
});
english.init();

/** A sentence of what needs attention. */
export function sentence(
  code: SentenceCode,
  values: Sentence['values'] = {},
): Sentence {
  return { code, values };
}

/** The same, of a tenant where the fact is about one. */
export function sentenceFor<C extends SentenceCode>(
  code: `${C}-for` extends SentenceCode ? C : never,
  values: Sentence['values'],
  tenant: string | undefined,
): Sentence {
  return tenant === undefined
    ? { code, values }
    : { code: `${code}-for` as SentenceCode, values: { ...values, tenant } };
}

/**
 * The words of a fact: in English, and what they are made of.
 * @param detail - a text where it is not ours to word, such as the error of a run
 */
export function worded(
  title: Sentence,
  detail?: Sentence | string,
): Pick<WordedFact, 'title' | 'detail' | 'words'> {
  const isText = typeof detail === 'string';
  return {
    title: inEnglish(title),
    detail: isText || !detail ? detail : inEnglish(detail),
    words: { title, ...(detail && !isText && { detail }) },
  };
}

/** Those that pages may know; a source of another plugin may hand over anything. */
export function knownWords(fact: WordedFact): WordedFact['words'] {
  const { title, detail } = fact.words ?? {};
  const known = {
    ...(title && isKnownSentence(title) && { title }),
    ...(detail && isKnownSentence(detail) && { detail }),
  };
  return Object.keys(known).length > 0 ? known : undefined;
}

function inEnglish({ code, values }: Sentence): string {
  return english.t(
    code,
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, textOf(value)]),
    ),
  );
}

function textOf(value: SentenceValue): string | number {
  if (typeof value !== 'object') return value;
  if ('ms' in value) return durationText(value.ms);
  if ('aboutMs' in value) return roughDuration(value.aboutMs);
  if ('at' in value) return minuteText(Date.parse(value.at));
  // in UTC: the English sentence is the same for viewers of all zones
  const zone = { zone: 'UTC', locale: 'en' };
  return DateTime.fromISO(value.day, zone).toFormat('d LLL yyyy');
}
