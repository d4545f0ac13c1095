import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  flagReadPermission,
  jobReadPermission,
  migrationReadPermission,
  rateLimitReadPermission,
  webhookReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { reasonMessages } from '../components/reasons/messages';
import { attentionMessages } from './messages';
import { ATTENTION_TOPICS } from './useAttentionCount';
import { inWords } from './words';

/** What one has to be allowed to read to be shown every item. */
export const ATTENTION_READS = [
  jobReadPermission,
  webhookReadPermission,
  rateLimitReadPermission,
  flagReadPermission,
  migrationReadPermission,
];

/**
 * Open, acknowledged and snoozed items that the user may see, most urgent first; kept up to date.
 */
export function useAttention(query: Partial<AttentionQuery> = {}) {
  const { t } = useTranslationRef(attentionMessages);
  const { t: reasons } = useTranslationRef(reasonMessages);
  const { data, ...live } = useLive(
    'GET /attention',
    { query: { limit: 200, ...query } },
    { topics: ATTENTION_TOPICS, everyMs: 10_000 },
  );
  return {
    ...live,
    data: data && {
      ...data,
      items: data.items.map(item => inWords(t, reasons, item)),
    },
  };
}
