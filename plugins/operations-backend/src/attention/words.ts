import {
  isSentenceOf,
  type AttentionCode,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { inEnglish, SENTENCES, type Said } from '../lib/sentences';

/** A fact whose words can be said in other languages; those of other plugins have English alone. */
export interface WordedFact extends AttentionFact {
  words?: AttentionItem['words'];
}

/** A sentence of a tenant where the fact is about one. */
export function sentenceFor<C extends AttentionCode>(
  code: `${C}-for` extends AttentionCode ? C : never,
  values: Sentence['values'],
  tenant: string | undefined,
): Sentence {
  return tenant === undefined
    ? { code, values }
    : { code: `${code}-for`, values: { ...values, tenant } };
}

/**
 * The words of a fact: in English, and what they are made of.
 * @param detail - a text where it is not ours to word, such as the error of a run
 */
export function worded(
  title: Sentence,
  detail?: Said,
): Pick<WordedFact, 'title' | 'detail' | 'words'> {
  const isText = typeof detail === 'string';
  return {
    title: inEnglish(title),
    detail: detail && inEnglish(detail),
    words: { title, ...(detail && !isText && { detail }) },
  };
}

/** Those that pages may know; a source of another plugin may hand over anything. */
export function knownWords(fact: WordedFact): WordedFact['words'] {
  const { title, detail } = fact.words ?? {};
  const known = {
    ...(title && isSentenceOf(SENTENCES, title) && { title }),
    ...(detail && isSentenceOf(SENTENCES, detail) && { detail }),
  };
  return Object.keys(known).length > 0 ? known : undefined;
}
