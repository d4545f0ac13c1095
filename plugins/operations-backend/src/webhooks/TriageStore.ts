import type { Knex } from 'knex';
import { assertExpected } from '../bulk/expected';
import type { Conclude } from '../lib/actions';
import { int, LOCKS, lockFor } from '../lib/sql';
import { COUNT_KEYS, CountDeltas } from './CountDeltas';
import type { FailureRow } from './rows';
import { Target, whereTaken } from './selection';

/** Who did it, and why. */
export interface By {
  actor: string;
  reason: string;
}

/** Suppresses failures, or marks them as handled; knex only. Nothing is deleted. */
export class TriageStore {
  constructor(private readonly knex: Knex) {}

  /**
   * Moves all that the action takes, in one transaction.
   * @param expected - the number that the caller has seen; where it is another by now, nothing is
   * done
   * @throws ConflictError naming the number
   */
  async triage(
    target: Target,
    by: By,
    expected?: number,
    conclude?: Conclude<number>,
  ): Promise<number> {
    return this.knex.transaction(async trx => {
      const count = await triageIn(trx, target, by, { expected });
      await conclude?.(trx, count);
      return count;
    });
  }
}

/** As {@link TriageStore.triage}, within a transaction. */
export async function triageIn(
  trx: Knex.Transaction,
  target: Target,
  by: By,
  options: { expected?: number; suppressionId?: string } = {},
): Promise<number> {
  await lockFor(trx, LOCKS.webhooks);
  const state = target.action === 'handle' ? 'handled' : 'suppressed';
  const places = trx('webhook_failures')
    .select(COUNT_KEYS)
    .count({ n: '*' })
    .max({ failed_at: 'failed_at' })
    .groupBy(COUNT_KEYS);
  whereTaken(places, target);
  const counts = new CountDeltas();
  let total = 0;
  for (const row of (await places) as Array<FailureRow & { n: number }>) {
    const n = int(row.n);
    const place = { ...row, failed_at: int(row.failed_at) };
    total += n;
    counts.add(place, -n);
    counts.add({ ...place, state }, n);
  }
  assertExpected(total, options.expected, 'failures');
  if (total === 0) return 0;

  const events = trx('webhook_failures').select(
    'id',
    trx.raw('?, ?, ?, ?', [target.now, state, by.actor, by.reason]),
  );
  whereTaken(events, target);
  await trx(
    trx.raw('webhook_events (failure_id, at, kind, "by", reason)'),
  ).insert(events);
  const update = trx('webhook_failures').update({
    state,
    state_before: null,
    state_since: target.now,
    triage_by: by.actor,
    triage_at: target.now,
    triage_reason: by.reason,
    suppression_id: options.suppressionId ?? null,
  });
  whereTaken(update, target);
  await update;
  await counts.write(trx);
  return total;
}
