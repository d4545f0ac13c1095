/** What the portal says to people: in English here, and as codes and values for the pages. */
import {
  ATTENTION_SENTENCES,
  REASON_SENTENCES,
  type CodeOf,
  type Sentence,
  type SentenceValue,
  type ValuesOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { createInstance } from 'i18next';
import { DateTime } from 'luxon';
import { durationText, roughDuration } from './duration';
import { minuteText, utcText } from './time';

/** Everything that has a code. */
export const SENTENCES = { ...ATTENTION_SENTENCES, ...REASON_SENTENCES };
type Sentences = typeof SENTENCES;
type SentenceCode = CodeOf<Sentences>;
type Values<K extends string> = ValuesOf<Sentences, K>;

/** A sentence of ours, or a text that is somebody else's and has no code. */
export type Said = Sentence | string;

/** An error whose message pages word in the language of their reader. */
interface Worded {
  words?: { message: Sentence };
}

const english = createInstance({
  lng: 'en',
  resources: { en: { translation: SENTENCES } },
  initImmediate: false,
  interpolation: { escapeValue: false },
});
english.init();

const either = new Intl.ListFormat('en', { type: 'disjunction' });

/** A sentence of its code and its values. */
export function sentence<K extends SentenceCode>(
  code: K,
  ...[values]: object extends Values<K>
    ? [values?: Values<K>]
    : [values: Values<K>]
): Sentence<K> {
  return { code, values: values ?? {} };
}

/** What the API says, and a page in English. */
export function inEnglish(said: Said): string {
  if (typeof said === 'string') return said;
  return english.t(
    said.code,
    Object.fromEntries(
      Object.entries(said.values).map(([name, value]) => [name, textOf(value)]),
    ),
  );
}

function textOf(value: SentenceValue): string | number {
  if (typeof value !== 'object') return value;
  if ('code' in value) return inEnglish(value);
  if ('anyOf' in value) return either.format(value.anyOf);
  if ('ms' in value) return durationText(value.ms);
  if ('aboutMs' in value) return roughDuration(value.aboutMs);
  if ('second' in value) return utcText(value.second);
  if ('at' in value) return minuteText(Date.parse(value.at));
  // in UTC: the English sentence is the same for viewers of all zones
  const zone = { zone: 'UTC', locale: 'en' };
  return DateTime.fromISO(value.day, zone).toFormat('d LLL yyyy');
}

/** A sentence as a part of another one: in English where it has parts of its own. */
export function asValue(said: Said): SentenceValue {
  if (typeof said === 'string') return said;
  const { code, values } = said;
  const isPlain = Object.values(values).every(
    value => !Object.hasOwn(Object(value), 'code'),
  );
  return isPlain ? ({ code, values } as SentenceValue) : inEnglish(said);
}

/** The reason of an answer: in English, and what it is made of. */
export function reasonOf(said: Said): {
  reason: string;
  words?: { reason: Sentence };
} {
  return typeof said === 'string'
    ? { reason: said }
    : { reason: inEnglish(said), words: { reason: said } };
}

/** An error that says a sentence. @param cause - goes to the log, not to the caller */
export function refusal<E extends Error>(
  Kind: new (message?: string, cause?: unknown) => E,
  said: Said,
  cause?: unknown,
): E {
  const error = new Kind(inEnglish(said), cause);
  return typeof said === 'string' ? error : withWords(error, said);
}

/**
 * An error about a field, in the English of whoever looked at it.
 *
 * @param words - what pages say instead; absent where there is no sentence for it
 */
export function fieldError<E extends Error>(
  Kind: new (message: string) => E,
  field: string,
  problem: string,
  words: Sentence | undefined,
): E {
  const error = new Kind(`${field}: ${problem}`);
  return words ? withWords(error, words) : error;
}

function withWords<E extends Error>(error: E, message: Sentence): E {
  return Object.assign(error, { words: { message } });
}

/** What an error says, with its code if it has one. */
export function saidBy(error: Error & Worded): Said {
  return error.words?.message ?? error.message;
}
