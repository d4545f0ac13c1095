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
import { attentionMessages } from './messages';
import { inWords } from './words';

/** What one has to be allowed to read to be shown every item. */
export const ATTENTION_READS = [
  jobReadPermission,
  webhookReadPermission,
  rateLimitReadPermission,
  flagReadPermission,
  migrationReadPermission,
];

/** Signals after which items may have opened or closed. */
const ATTENTION_TOPICS = ['attention', 'jobs', 'runs'] as const;

/**
 * Open, acknowledged and snoozed items that the user may see, most urgent first; kept up to date.
 */
export function useAttention(query: Partial<AttentionQuery> = {}) {
  const { t } = useTranslationRef(attentionMessages);
  const { data, ...live } = useLive(
    'GET /attention',
    { query: { limit: 200, ...query } },
    { topics: ATTENTION_TOPICS, everyMs: 10_000 },
  );
  return {
    ...live,
    data: data && { ...data, items: data.items.map(item => inWords(t, item)) },
  };
}

/**
 * How many items need the user now (open, high or critical); `undefined` where that is not known,
 * or where the user may not know it.
 * @public
 */
export function useAttentionCount(): number | undefined {
  const attention = useLive(
    'GET /attention',
    { query: { limit: 1 } },
    { topics: ATTENTION_TOPICS, everyMs: 30_000 },
  );
  if (!attention.data) return undefined;
  const { critical, high } = attention.data.open;
  return critical + high;
}
