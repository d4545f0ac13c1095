import { useLive } from '@craft-easy/backstage-plugin-operations-react';

/** Signals after which items may have opened or closed. */
export const ATTENTION_TOPICS = ['attention', 'jobs', 'runs'] as const;

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
