import { useLive } from '../hooks/useLive';
import { ATTENTION_TOPICS } from './useAttention';

/**
 * How many things need the caller now (open, high or critical); `undefined` where that is not known, or not for him to know.
 * @public
 */
export function useAttentionCount(): number | undefined {
  const attention = useLive(
    ['attention-count'],
    api => api.getAttention({ limit: 1 }),
    { topics: ATTENTION_TOPICS, everyMs: 30_000 },
  );
  if (!attention.data) return undefined;
  const { critical, high } = attention.data.open;
  return critical + high;
}
