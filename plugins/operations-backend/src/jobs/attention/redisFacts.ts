import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import type { RedisTrouble } from '../ports';
import { worded } from '../../attention/words';

/** What is wrong with the platform's Redis: one item a kind. */
export function redisFacts(
  troubles: readonly RedisTrouble[],
  now: Date,
): AttentionFact[] {
  return troubles.map(({ kind, text, advice, severity }) => ({
    key: kind,
    kind,
    severity,
    ...worded(text, advice),
    subject: { kind: 'platform', ref: 'redis', title: 'Redis' },
    since: now,
    place: { kind: 'page', page: 'jobs' },
  }));
}
