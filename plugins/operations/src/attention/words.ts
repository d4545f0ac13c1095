import type { AttentionItem } from '@craft-easy/backstage-plugin-operations-common';
import {
  ATTENTION_SENTENCES,
  isSentenceOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { ReasonT } from '../components/reasons/messages';
import { saidText } from '../components/reasons/words';
import { sentenceText } from '../components/sentences';
import type { AttentionT } from './messages';

/**
 * An item in the language and the zone of its reader. What the backend, or another plugin, has in
 * English alone stays as it is.
 */
export function inWords(
  t: AttentionT,
  reasons: ReasonT,
  item: AttentionItem,
): AttentionItem {
  const { title, detail } = item.words ?? {};
  const say = (sentence: typeof title) =>
    sentence && isSentenceOf(ATTENTION_SENTENCES, sentence)
      ? sentenceText(t, sentence, 'facts.')
      : // of the platform, which lists say too
        saidText(reasons, sentence);
  return {
    ...item,
    title: say(title) ?? item.title,
    detail: say(detail) ?? item.detail,
  };
}
