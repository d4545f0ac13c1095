import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { auditMessages } from '../audit/messages';
import { sayWanted } from '../audit/sentence';

/** What was asked for. Versions differ: no value is sure to be there. */
export type Given = Record<string, unknown>;

/** The fields of an object; none where it is something else. */
export function fieldsOf(value: unknown): Given {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What is asked for, in words that complete "Ada asks to …". */
export function useRequestText(): (of: Approval) => string {
  const { t } = useTranslationRef(auditMessages);
  return of => sayWanted(t, of);
}
