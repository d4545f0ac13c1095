import type { Knex } from 'knex';
import type {
  Page,
  PurgeStatus,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Conclude } from '../lib/actions';
import { keysetPage, type Keyset, type PageQuery } from '../lib/keyset';
import { whereAnyOf } from '../lib/sql';
import {
  SUMMARY,
  decodeJournal,
  encodeJournal,
  fromColumns,
  progressColumns,
  toColumns,
  type PurgeProgress,
  type PurgeRow,
  type PurgeWork,
} from './purgeRow';
import type { PurgePosition } from './slices';

const NEWEST_FIRST: Keyset = {
  list: 'cache-purges',
  columns: { created_at: 'number', id: 'string' },
  order: 'desc',
};

const UNFINISHED: PurgeStatus[] = ['queued', 'running', 'cancelling'];

/**
 * Purges and the leases on their targets. Safe over replicas: whatever matters is one conditional
 * statement.
 */
export class PurgeStore {
  constructor(private readonly knex: Knex) {}

  /**
   * @param notSince - stores nothing if the same person asked for a purge of the target after this;
   *   the target's lease row makes those who ask at once wait for each other
   * @returns whether it was stored
   */
  async insert(
    purge: PurgeRow,
    keys: string[] | undefined,
    notSince = Infinity,
    conclude?: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<boolean> {
    const { target, requestedBy } = purge;
    return this.knex.transaction(async trx => {
      await addLease(trx, target);
      await trx('cache_leases').where({ target }).update({ target });
      if (notSince < Infinity) {
        const younger = await trx('cache_purges')
          .where({ target, requested_by: requestedBy })
          .where('created_at', '>', notSince)
          .first('id');
        if (younger) return false;
      }
      await trx('cache_purges').insert({
        ...toColumns(purge),
        keys: keys ? JSON.stringify(keys) : null,
      });
      await conclude?.(trx);
      return true;
    });
  }

  /** The exact keys of a purge; none where it goes by a pattern. */
  async keys(id: string): Promise<string[]> {
    const row = await this.knex('cache_purges').where({ id }).first('keys');
    return row?.keys ? JSON.parse(row.keys) : [];
  }

  /** Whether an entry of the audit trail is that of a purge. */
  async isAudited(auditId: string): Promise<boolean> {
    const row = await this.knex('cache_purges')
      .where({ audit_id: auditId })
      .first('id');
    return row !== undefined;
  }

  async get(id: string): Promise<PurgeRow | undefined> {
    const row = await this.summaries().where({ id }).first();
    return row && fromColumns(row);
  }

  list(
    query: PageQuery & { targets: string[]; statuses?: PurgeStatus[] },
  ): Promise<Page<PurgeRow>> {
    const matching = this.knex('cache_purges');
    whereAnyOf(matching, 'target', query.targets);
    if (query.statuses) matching.whereIn('status', query.statuses);
    return keysetPage(matching, NEWEST_FIRST, query, fromColumns, SUMMARY);
  }

  /** Purges that are not over, oldest first. */
  async unfinished(target?: string): Promise<PurgeRow[]> {
    const rows = this.summaries()
      .whereIn('status', UNFINISHED)
      .orderBy(['created_at', 'id']);
    if (target) rows.where({ target });
    return (await rows).map(fromColumns);
  }

  async latest(target: string, actor?: string): Promise<PurgeRow | undefined> {
    const row = await this.summaries()
      .where({ target, ...(actor && { requested_by: actor }) })
      .orderBy('created_at', 'desc')
      .first();
    return row && fromColumns(row);
  }

  /** Ended, but the audit trail does not say so yet. */
  async unaudited(): Promise<PurgeRow[]> {
    const rows = await this.summaries()
      .where({ audited: false })
      .whereNotIn('status', UNFINISHED)
      .limit(20);
    return rows.map(fromColumns);
  }

  /**
   * Writes to the audit trail how a purge ended, and notes that it is written: both or neither, and
   * once, even if several replicas try.
   */
  async settle(
    id: string,
    write: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<void> {
    await this.knex.transaction(async trx => {
      const first = await trx('cache_purges')
        .where({ id, audited: false })
        .update({ audited: true });
      if (first === 1) await write(trx);
    });
  }

  /** Asks for a cancellation. @returns what became of it; undefined if the purge was over before */
  async cancel(
    id: string,
    by: string,
    now: number,
    conclude?: Conclude<'cancelled' | 'cancelling'>,
  ): Promise<'cancelled' | 'cancelling' | undefined> {
    return this.knex.transaction(async trx => {
      const queued = await trx('cache_purges')
        .where({ id, status: 'queued' })
        .update({ status: 'cancelled', cancelled_by: by, ended_at: now });
      const running =
        queued ||
        (await trx('cache_purges')
          .where({ id, status: 'running' })
          .update({ status: 'cancelling', cancelled_by: by }));
      if (!running) return undefined;
      const status = queued ? 'cancelled' : 'cancelling';
      await conclude?.(trx, status);
      return status;
    });
  }

  /**
   * Takes the lease on a target, unless somebody else holds it. Renews it where it is one's own.
   */
  async takeLease(
    target: string,
    owner: string,
    now: number,
    until: number,
  ): Promise<boolean> {
    await addLease(this.knex, target);
    const taken = await this.knex('cache_leases')
      .where({ target })
      .andWhere(free => free.where({ owner }).orWhere('until', '<', now))
      .update({ owner, until });
    return taken === 1;
  }

  async releaseLease(target: string, owner: string): Promise<void> {
    await this.knex('cache_leases')
      .where({ target, owner })
      .update({ owner: '', until: 0 });
  }

  /**
   * The next purge of a target: the one that was interrupted, or else the oldest that waits. The
   * caller must hold the target's lease.
   */
  async next(target: string, now: number): Promise<PurgeRow | undefined> {
    const unfinished = await this.unfinished(target);
    const interrupted = unfinished.find(p => p.status !== 'queued');
    const next = interrupted ?? unfinished[0];
    if (!next) return undefined;
    if (interrupted) {
      await this.knex('cache_purges')
        .where({ id: next.id })
        .increment('resumed', 1);
    } else {
      const begun = await this.knex('cache_purges')
        .where({ id: next.id, status: 'queued' })
        .update({ status: 'running', started_at: now });
      // cancelled just now: the next look finds what else waits
      if (begun !== 1) return undefined;
    }
    return this.get(next.id);
  }

  async work(id: string): Promise<PurgeWork> {
    const row = await this.knex('cache_purges')
      .where({ id })
      .first('keys', 'position', 'journal');
    return {
      keys: row.keys ? JSON.parse(row.keys) : undefined,
      position: row.position ? JSON.parse(row.position) : undefined,
      journal: row.journal ? decodeJournal(row.journal) : undefined,
    };
  }

  /**
   * Writes how far a purge is and what it does next, provided that `owner` still holds the lease:
   * the fence by which a replica that was away for too long learns that the work is no longer its
   * own, before it touches another key.
   * @returns the purge's status; undefined if the lease is lost
   */
  async checkpoint(
    purge: Pick<PurgeRow, 'id' | 'target'>,
    owner: string,
    state: PurgeProgress & {
      position?: PurgePosition;
      journal?: Buffer[];
      totalKeys: number;
    },
  ): Promise<PurgeStatus | undefined> {
    const written = await this.whileLeased(purge, owner).update({
      ...progressColumns(state),
      total_keys: state.totalKeys,
      position: state.position ? JSON.stringify(state.position) : null,
      journal: state.journal?.length ? encodeJournal(state.journal) : null,
    });
    if (written !== 1) return undefined;
    const row = await this.knex('cache_purges')
      .where({ id: purge.id })
      .first('status');
    return row.status;
  }

  /** Notes why a purge stands still, or that it goes on again. */
  async setError(id: string, error: string | null): Promise<void> {
    await this.knex('cache_purges').where({ id }).update({ error });
  }

  async finish(
    purge: Pick<PurgeRow, 'id' | 'target'>,
    owner: string,
    end: {
      status: PurgeStatus;
      error?: string;
      now: number;
      progress?: PurgeProgress;
    },
  ): Promise<boolean> {
    const written = await this.whileLeased(purge, owner).update({
      ...(end.progress ? progressColumns(end.progress) : {}),
      status: end.status,
      error: end.error ?? null,
      ended_at: end.now,
      position: null,
      journal: null,
    });
    return written === 1;
  }

  async deleteCreatedBefore(time: number): Promise<void> {
    await this.knex('cache_purges')
      .where('created_at', '<', time)
      .where({ audited: true })
      .delete();
  }

  private whileLeased(purge: Pick<PurgeRow, 'id' | 'target'>, owner: string) {
    const { knex } = this;
    return knex('cache_purges')
      .where({ id: purge.id })
      .whereIn('status', ['running', 'cancelling'])
      .whereExists(
        knex('cache_leases').where({ target: purge.target, owner }).select(1),
      );
  }

  /** Everything but the long texts. */
  private summaries() {
    return this.knex('cache_purges').select(SUMMARY);
  }
}

/** Makes the row of a target's lease, held by nobody, if it is not there yet. */
async function addLease(knex: Knex, target: string): Promise<void> {
  await knex('cache_leases')
    .insert({ target, owner: '', until: 0 })
    .onConflict('target')
    .ignore();
}
