import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  isSentenceOf,
  MAX_TENANT_LENGTH,
  REASON_SENTENCES,
  tenantFault,
  type JobDetail,
  type Sentence,
  type Sla,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { sentenceText } from '../sentences';
import { reasonMessages, type ReasonT } from './messages';

/** An answer with a reason: in the backend's English, and as a code where it has one. */
interface Reasoned {
  reason?: string;
  words?: { reason?: Sentence };
}

/**
 * A sentence in the language of its reader; undefined where this version does not know it, or
 * there is none.
 */
export function saidText(
  t: ReasonT,
  sentence: Sentence | undefined,
): string | undefined {
  return sentence && isSentenceOf(REASON_SENTENCES, sentence)
    ? sentenceText(t, sentence)
    : undefined;
}

/** The reason of an answer in the language of its reader, or as the backend says it. */
export function reasonText(t: ReasonT, of: Reasoned): string | undefined {
  return saidText(t, of.words?.reason) ?? of.reason;
}

/** What is wrong with what was typed as a tenant; undefined where nothing is. */
export function tenantFaultText(t: ReasonT, tenant: string) {
  const fault = tenantFault(tenant);
  const values = { limit: MAX_TENANT_LENGTH };
  return fault && saidText(t, { code: `tenant-${fault}`, values });
}

/** What a job promised, and how it stands to it. */
export function promiseText(t: ReasonT, rule: Sla['rules'][number]): string {
  return saidText(t, rule.words?.text) ?? rule.text;
}

/** Why something is not possible with a job; undefined where it is. */
export function abilityText(
  t: ReasonT,
  { abilities, words }: Pick<JobDetail, 'abilities' | 'words'>,
  ability: keyof JobDetail['abilities'],
): string | undefined {
  const state = abilities[ability];
  if (state.able) return undefined;
  return saidText(t, words?.abilities[ability]) ?? state.because;
}

/** {@link reasonText} for parts that word nothing else. */
export function useReasonText(): (of: Reasoned) => string | undefined {
  const { t } = useTranslationRef(reasonMessages);
  return of => reasonText(t, of);
}
