import type { Knex } from 'knex';
import type { RunStatus } from '@craft-easy/backstage-plugin-operations-common';
import { isFinalStatus } from '@craft-easy/backstage-plugin-operations-common/internal';
import { BulkCounters } from '../../bulk/BulkCounters';
import type { Waiting } from '../../bulk/LanePace';
import { int, lockFor, whereAnyOf } from '../../lib/sql';
import {
  ITEMS,
  laneName,
  RUN_BULK_KIND,
  RUN_BULKS,
  type ItemRow,
  type Lane,
  type RunBulkRow,
} from './rows';

/** An item whose turn has come, with its bulk action. */
export interface Claimed extends ItemRow {
  bulk: RunBulkRow;
}

/** How the turn of an item went. */
export interface Turn {
  item: Claimed;
  state: 'sent' | 'succeeded' | 'failed' | 'refused';
  message?: string;
}

/** Writes what else belongs to the turns, in the transaction that notes how they went. */
export type TurnHook = (
  trx: Knex.Transaction,
  turns: Turn[],
) => Promise<unknown>;

/** Looked up at once; what is left is looked up later. */
const CHUNK = 500;

/**
 * The items of bulk actions, from `pending` to their end; knex only. Each step is one transaction
 * that changes only what is still in the state before, so it has one effect however often it is
 * tried.
 */
export class RunBulkQueue {
  constructor(private readonly knex: Knex, private readonly hook: TurnHook) {}

  /** Lanes in which something waits, and how many of each are under way. */
  async lanes(): Promise<Array<Lane & { underWay: number }>> {
    const waiting = await this.knex('run_bulk_items')
      .whereRaw(`state = 'pending'`)
      .distinct('job_id', 'tenant');
    if (!waiting.length) return [];
    const counted: Array<Record<string, unknown>> = await this.knex(
      'run_bulk_items',
    )
      .whereRaw(`state in ('sending', 'sent')`)
      .groupBy('job_id', 'tenant')
      .select('job_id', 'tenant')
      .count({ n: '*' });
    const lane = (row: Record<string, unknown>): Lane => ({
      jobId: String(row.job_id),
      tenant: String(row.tenant),
    });
    const underWay = new Map(
      counted.map(row => [laneName(lane(row)), int(row.n)]),
    );
    return waiting.map(row => ({
      ...lane(row),
      underWay: underWay.get(laneName(lane(row))) ?? 0,
    }));
  }

  /** The next of a lane, the oldest run first. */
  async next({ jobId, tenant }: Lane, limit: number): Promise<Waiting[]> {
    const rows = await this.knex('run_bulk_items as i')
      .join('run_bulks as b', 'b.id', 'i.bulk_id')
      .where({ 'i.job_id': jobId, 'i.tenant': tenant })
      .whereRaw(`i.state = 'pending'`)
      .orderBy([{ column: 'i.rank' }, { column: 'i.id' }])
      .limit(limit)
      .select('i.id', 'b.per_second as rate');
    return rows.map(row => ({ id: row.id, rate: Number(row.rate) }));
  }

  /**
   * Takes items whose turn has come.
   * @param madeIdOf - the run that an item is going to make
   */
  async claim(
    ids: string[],
    now: number,
    madeIdOf: (item: Claimed) => string | null,
  ): Promise<Claimed[]> {
    if (!ids.length) return [];
    return this.knex.transaction(async trx => {
      await lockFor(trx, RUN_BULK_KIND.lock);
      const waiting = trx('run_bulk_items').where({ state: 'pending' });
      const items = await this.withBulks(
        trx,
        await ITEMS.all(whereAnyOf(waiting, 'id', ids)),
      );
      const counters = new BulkCounters(RUN_BULK_KIND);
      for (const item of items) {
        item.state = 'sending';
        item.sentAt = now;
        item.madeRunId = madeIdOf(item);
        counters.add(item.bulkId, 'claimed');
        await trx('run_bulk_items').where({ id: item.id }).update({
          state: 'sending',
          sent_at: now,
          made_run_id: item.madeRunId,
        });
      }
      await counters.write(trx, now);
      return items;
    });
  }

  /** Notes how turns went, of items that are still being sent. @returns ids of ended actions */
  async settle(turns: Turn[], now: number): Promise<string[]> {
    if (!turns.length) return [];
    return this.knex.transaction(async trx => {
      await lockFor(trx, RUN_BULK_KIND.lock);
      const counters = new BulkCounters(RUN_BULK_KIND);
      const changed: Turn[] = [];
      for (const turn of turns) {
        const { item, state, message } = turn;
        const updated = await trx('run_bulk_items')
          .where({ id: item.id, state: 'sending' })
          .update({
            state,
            message: message ?? null,
            ended_at: state === 'sent' ? null : now,
          });
        if (!updated) continue;
        changed.push(turn);
        if (state !== 'sent') counters.add(item.bulkId, state);
      }
      const ended = await counters.write(trx, now);
      await this.hook(trx, changed);
      return ended;
    });
  }

  /** Items whose turn began before a time and is not settled: a process died, or Redis was away. */
  async overdue(before: number): Promise<Claimed[]> {
    const items = await ITEMS.all(
      this.knex('run_bulk_items')
        .whereRaw(`state in ('sending', 'sent')`)
        .where({ state: 'sending' })
        .where('sent_at', '<', before)
        .orderBy('sent_at')
        .limit(CHUNK),
    );
    return this.withBulks(this.knex, items);
  }

  /**
   * Ends items whose run has ended.
   * @param runIds - runs that have just ended; absent: all that items wait for are looked up
   * @returns how many ended
   */
  async endFollowed(now: number, runIds?: string[]): Promise<number> {
    const candidates = runIds
      ? (await this.sentOf(runIds)).map(item => item.id)
      : undefined;
    if (candidates && !candidates.length) return 0;
    return this.knex.transaction(async trx => {
      await lockFor(trx, RUN_BULK_KIND.lock);
      const query = trx('run_bulk_items as i')
        .join('runs as r', 'r.id', trx.raw('coalesce(i.made_run_id, i.run_id)'))
        .whereRaw(`i.state in ('sending', 'sent')`)
        .where('i.state', 'sent')
        .whereRaw(`r.status not in ('queued', 'running', 'cancelling')`)
        .limit(CHUNK)
        .select('i.*', 'r.status', 'r.error_message');
      if (candidates) whereAnyOf(query, 'i.id', candidates);
      const counters = new BulkCounters(RUN_BULK_KIND);
      const rows: Array<Record<string, any>> = await query;
      for (const row of rows) {
        const end = endOf(row.made_run_id !== null, row as EndedRun);
        counters.add(row.bulk_id, end.state);
        await trx('run_bulk_items')
          .where({ id: row.id })
          .update({ ...end, ended_at: now });
      }
      await counters.write(trx, now);
      return rows.length;
    });
  }

  /** Items that wait for the end of one of these runs. */
  private async sentOf(runIds: string[]): Promise<ItemRow[]> {
    const sent = () =>
      this.knex('run_bulk_items').whereRaw(`state in ('sending', 'sent')`);
    const [made, cancelled] = await Promise.all([
      ITEMS.all(whereAnyOf(sent(), 'made_run_id', runIds)),
      ITEMS.all(
        whereAnyOf(
          this.knex('run_bulk_items')
            .whereRaw(`state in ('pending', 'sending', 'sent')`)
            .where({ state: 'sent' })
            .whereNull('made_run_id'),
          'run_id',
          runIds,
        ),
      ),
    ]);
    return [...made, ...cancelled];
  }

  private async withBulks(knex: Knex, items: ItemRow[]): Promise<Claimed[]> {
    const ids = [...new Set(items.map(item => item.bulkId))];
    const bulks = new Map(
      (await RUN_BULKS.byIds(knex, ids)).map(bulk => [bulk.id, bulk]),
    );
    return items.map(item => ({ ...item, bulk: bulks.get(item.bulkId)! }));
  }
}

/** What is known of a run's end. */
interface EndedRun {
  status: RunStatus;
  error_message: string | null;
}

/** What an item has come to, by the end of the run that it made or cancelled. */
function endOf(
  isRetry: boolean,
  { status, error_message: error }: EndedRun,
): { state: 'succeeded' | 'failed' | 'refused'; message: string | null } {
  if (!isFinalStatus(status)) throw new Error(`The run is ${status}`);
  if (isRetry) {
    if (status === 'succeeded') return { state: 'succeeded', message: null };
    const message = error ?? `It ended as ${status}`;
    return { state: status === 'refused' ? 'refused' : 'failed', message };
  }
  return status === 'cancelled'
    ? { state: 'succeeded', message: null }
    : { state: 'failed', message: `It ended as ${status} meanwhile` };
}
