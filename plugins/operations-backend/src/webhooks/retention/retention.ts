import type { Config } from '@backstage/config';
import type { WebhookState } from '@craft-easy/backstage-plugin-operations-common/internal';
import { DAY_MS } from '../../lib/time';
import type { RetentionStore } from './RetentionStore';

/** How long failures are kept, in days. */
export interface WebhookRetention {
  /** since they were delivered, handled or suppressed */
  settledDays: number;
  /** since they failed; undefined: until somebody has dealt with them */
  openDays?: number;
}

const SETTLED: WebhookState[] = ['delivered', 'handled', 'suppressed'];
const OPEN: WebhookState[] = ['failed', 'failed-again'];

/** Reads `operations.webhooks.retention`. @throws Error if a number is not positive */
export function readWebhookRetention(config: Config): WebhookRetention {
  const retention = config.getOptionalConfig('operations.webhooks.retention');
  const days = (key: string) => {
    const value = retention?.getOptionalNumber(key);
    if (value !== undefined && !(value > 0)) {
      throw new Error(`operations.webhooks.retention.${key} must be positive`);
    }
    return value;
  };
  return { settledDays: days('settledDays') ?? 90, openDays: days('openDays') };
}

/**
 * Deletes what is older than the rules say.
 *
 * @param signal - stops it early
 * @returns how many failures were deleted
 */
export async function applyWebhookRetention(
  store: RetentionStore,
  rules: WebhookRetention,
  now: number,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0;
  const states = rules.openDays ? [...SETTLED, ...OPEN] : SETTLED;
  for (const state of states) {
    const days = OPEN.includes(state) ? rules.openDays! : rules.settledDays;
    let more = true;
    while (more) {
      if (signal?.aborted) return deleted;
      const chunk = await store.deleteFailures(state, now - days * DAY_MS);
      deleted += chunk.deleted;
      more = chunk.more;
    }
  }
  await store.deleteLeftovers(now - rules.settledDays * DAY_MS);
  return deleted;
}
