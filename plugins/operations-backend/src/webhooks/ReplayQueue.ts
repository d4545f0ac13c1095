import type { Knex } from 'knex';
import { BulkCounters } from '../bulk/BulkCounters';
import type { Waiting } from '../bulk/LanePace';
import { int, LOCKS, lockFor, whereAnyOf } from '../lib/sql';
import { CountDeltas } from './CountDeltas';
import {
  FailureRow,
  PLATFORM_SOURCE,
  FAILURES,
  REPLAYS,
  REPLAY_BULKS,
  ReplayRow,
} from './rows';

/** An endpoint of a tenant, as one source names it. */
export interface EndpointKey {
  source: string;
  tenant: string;
  endpoint: string;
}

/** A replay whose turn has come. */
export interface Claimed extends ReplayRow {
  webhook_id: string;
  event_type: string;
  bulk_reason: string | null;
}

/**
 * The sending of replays, from `pending` to `sent`; knex only. A replay is claimed in one
 * transaction, so that it is sent by one replica, once, and not at all when somebody has dealt with
 * its failure meanwhile.
 */
export class ReplayQueue {
  constructor(private readonly knex: Knex) {}

  /** Endpoints of the platform for which something waits. */
  async waitingEndpoints(): Promise<EndpointKey[]> {
    return this.knex('webhook_replays')
      .where({ state: 'pending', source: PLATFORM_SOURCE })
      .distinct('source', 'tenant', 'endpoint');
  }

  /** The next of an endpoint: those that are alone first, then the oldest failure. */
  async next(key: EndpointKey, limit: number): Promise<Waiting[]> {
    const rows = await this.knex('webhook_replays as r')
      .leftJoin('webhook_bulk_replays as b', 'b.id', 'r.bulk_id')
      .where({
        'r.state': 'pending',
        'r.source': key.source,
        'r.tenant': key.tenant,
        'r.endpoint': key.endpoint,
      })
      .orderBy([{ column: 'r.rank' }, { column: 'r.id' }])
      .limit(limit)
      .select('r.id', 'b.per_endpoint_per_second as rate');
    return rows.map(row => ({
      id: row.id,
      rate: row.rate === null ? undefined : Number(row.rate),
    }));
  }

  /** Replays that are alone and wait, of all endpoints of the platform. */
  async waitingAlone(limit: number): Promise<string[]> {
    const rows = await this.knex('webhook_replays')
      .where({ state: 'pending', source: PLATFORM_SOURCE })
      .whereNull('bulk_id')
      .limit(limit)
      .select('id');
    return rows.map(row => row.id);
  }

  /** How many of each endpoint are with the platform. */
  async underWay(): Promise<Map<string, number>> {
    const rows: Array<Record<string, unknown>> = await this.knex(
      'webhook_replays',
    )
      .whereIn('state', ['sending', 'sent'])
      .where({ source: PLATFORM_SOURCE })
      .groupBy('tenant', 'endpoint')
      .select('tenant', 'endpoint')
      .count({ n: '*' });
    return new Map(
      rows.map(row => [`${row.tenant}/${row.endpoint}`, int(row.n)]),
    );
  }

  /**
   * Takes replays whose turn has come. Their failures are `replaying` from here on.
   * @param leaseUntil - for a source that fetches its replays: until when it has them
   * @returns those that are still to be sent
   */
  async claim(
    ids: string[],
    now: number,
    leaseUntil?: number,
  ): Promise<Claimed[]> {
    if (ids.length === 0) return [];
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      const replays = await REPLAYS.all(
        whereAnyOf(
          trx('webhook_replays').where({ state: 'pending' }),
          'id',
          ids,
        ),
      );
      const failed = replays.map(replay => replay.failure_id);
      const failures = new Map(
        (await FAILURES.byIds(trx, failed)).map(row => [row.id, row]),
      );
      const wanted = replays.filter(replay => {
        const failure = failures.get(replay.failure_id);
        return failure && isStillWanted(replay, failure);
      });
      const dropped = replays.filter(replay => !wanted.includes(replay));
      await this.markClaimed(trx, wanted, failures, now, leaseUntil);
      await this.drop(trx, dropped, now);
      const bulks = new BulkCounters(REPLAY_BULKS);
      for (const { bulk_id } of wanted) bulks.add(bulk_id, 'claimed');
      for (const { bulk_id } of dropped) {
        bulks.add(bulk_id, 'stopped', 'never_sent');
      }
      await bulks.write(trx, now);
      const reasons = await bulkReasons(trx, wanted);
      return wanted.map(replay => {
        const failure = failures.get(replay.failure_id)!;
        return {
          ...replay,
          webhook_id: failure.webhook_id,
          event_type: failure.event_type,
          lease_until: leaseUntil ?? null,
          bulk_reason: replay.bulk_id
            ? reasons.get(replay.bulk_id) ?? null
            : null,
        };
      });
    });
  }

  /** The platform has them. */
  async markSent(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const sending = this.knex('webhook_replays').where({ state: 'sending' });
    await whereAnyOf(sending.update({ state: 'sent' }), 'id', ids);
  }

  /**
   * Those claimed before a time whose sending, or whose outcome, is overdue: a process died, or the
   * platform's Redis was emptied.
   */
  async overdue(before: {
    sending: number;
    sent: number;
  }): Promise<Array<Claimed>> {
    const rows = await this.knex('webhook_replays as r')
      .join('webhook_failures as f', 'f.id', 'r.failure_id')
      .leftJoin('webhook_bulk_replays as b', 'b.id', 'r.bulk_id')
      .where({ 'r.source': PLATFORM_SOURCE })
      .where(any =>
        any
          .where(q =>
            q
              .where({ 'r.state': 'sending' })
              .where('r.sent_at', '<', before.sending),
          )
          .orWhere(q =>
            q.where({ 'r.state': 'sent' }).where('r.sent_at', '<', before.sent),
          ),
      )
      .whereIn('r.state', ['sending', 'sent'])
      .limit(500)
      .select('r.*', 'f.webhook_id', 'f.event_type', 'b.reason as bulk_reason');
    return rows.map(row => ({
      ...REPLAYS.read(row),
      webhook_id: row.webhook_id,
      event_type: row.event_type,
      bulk_reason: row.bulk_reason,
    }));
  }

  /** Notes that they were sent once more. */
  async markResent(ids: string[], now: number): Promise<void> {
    const query = this.knex('webhook_replays')
      .whereIn('state', ['sending', 'sent'])
      .update({ state: 'sent', sent_at: now });
    await whereAnyOf(query, 'id', ids);
  }

  /** Bulk replays of whose stop the platform does not know yet. */
  async unpublishedStops(): Promise<string[]> {
    const rows = await this.knex('webhook_bulk_replays')
      .where({ stop_sent: false })
      .select('id');
    return rows.map(row => row.id);
  }

  /** The platform may know of no stop any more: each is to be published again. */
  async markStopsUnpublished(): Promise<void> {
    await this.knex('webhook_bulk_replays')
      .where({ status: 'stopping' })
      .update({ stop_sent: false });
  }

  async markStopPublished(id: string): Promise<void> {
    await this.knex('webhook_bulk_replays')
      .where({ id })
      .update({ stop_sent: true });
  }

  private async markClaimed(
    trx: Knex.Transaction,
    replays: ReplayRow[],
    failures: Map<string, FailureRow>,
    now: number,
    leaseUntil: number | undefined,
  ): Promise<void> {
    if (replays.length === 0) return;
    const counts = new CountDeltas();
    for (const replay of replays) {
      const failure = failures.get(replay.failure_id)!;
      counts.move(failure, { ...failure, state: 'replaying' });
    }
    const taken = trx('webhook_replays').update({
      state: leaseUntil === undefined ? 'sending' : 'sent',
      sent_at: now,
      lease_until: leaseUntil ?? null,
    });
    const ids = replays.map(replay => replay.id);
    await whereAnyOf(taken, 'id', ids);
    const moved = trx('webhook_failures').update({
      state_before: trx.ref('state') as unknown as string,
      state: 'replaying',
      state_since: now,
    });
    const failed = replays.map(replay => replay.failure_id);
    await whereAnyOf(moved, 'id', failed);
    await counts.write(trx);
  }

  private async drop(
    trx: Knex.Transaction,
    replays: ReplayRow[],
    now: number,
  ): Promise<void> {
    if (replays.length === 0) return;
    const query = trx('webhook_replays').update({
      state: 'stopped',
      ended_at: now,
      message: 'Somebody has dealt with it meanwhile',
    });
    const ids = replays.map(replay => replay.id);
    await whereAnyOf(query, 'id', ids);
  }
}

/**
 * Whether nobody has dealt with the failure since the replay was asked for. Failing once more is no
 * reason not to replay.
 */
function isStillWanted(replay: ReplayRow, failure: FailureRow): boolean {
  return (
    failure.state === replay.state_before ||
    failure.state === 'failed' ||
    failure.state === 'failed-again'
  );
}

async function bulkReasons(
  trx: Knex.Transaction,
  replays: ReplayRow[],
): Promise<Map<string, string>> {
  const ids = new Set(replays.flatMap(r => (r.bulk_id ? [r.bulk_id] : [])));
  if (ids.size === 0) return new Map();
  const rows = await trx('webhook_bulk_replays')
    .whereIn('id', [...ids])
    .select('id', 'reason');
  return new Map(rows.map(row => [row.id, row.reason]));
}
