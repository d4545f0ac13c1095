import type { Knex } from 'knex';
import type {
  SuppressionsQuery,
  WebhookSuppression,
} from '@craft-easy/backstage-plugin-operations-common';
import { int, LOCKS, lockFor, whereAnyOf } from '../lib/sql';
import { iso, optionalIso } from '../lib/time';
import type { TenantScope } from '../permissions/TenantScope';
import { By, triageIn } from './TriageStore';

/** A row of `webhook_suppressions`. */
export interface SuppressionRow {
  id: string;
  tenant: string;
  endpoint: string | null;
  event_type: string | null;
  reason: string;
  created_by: string;
  created_at: number;
  until: number;
  ended_at: number | null;
  ended_by: string | null;
  count: number;
}

/** Patterns that suppress; knex only. The clock decides at each reading which are in force. */
export class SuppressionStore {
  constructor(private readonly knex: Knex) {}

  /** @returns how many open failures it took away with it */
  async create(
    row: Omit<SuppressionRow, 'ended_at' | 'ended_by' | 'count'>,
    options: { includeExisting: boolean; scope: TenantScope },
  ): Promise<number> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      await trx('webhook_suppressions').insert({ ...row, count: 0 });
      if (!options.includeExisting) return 0;
      const by: By = { actor: row.created_by, reason: row.reason };
      const taken = await triageIn(
        trx,
        {
          action: 'suppress',
          scope: options.scope,
          includeDelivered: false,
          now: row.created_at,
          selection: {
            asOf: iso(row.created_at),
            filter: {
              tenant: [row.tenant],
              ...(row.endpoint && { endpoint: [row.endpoint] }),
              ...(row.event_type && { eventType: [row.event_type] }),
            },
          },
        },
        by,
        { suppressionId: row.id },
      );
      await trx('webhook_suppressions')
        .where({ id: row.id })
        .increment('count', taken);
      return taken;
    });
  }

  async get(
    id: string,
    scope: TenantScope,
  ): Promise<SuppressionRow | undefined> {
    const query = this.knex('webhook_suppressions').where({ id }).first();
    scope.where(this.knex, query, 'tenant');
    const row = await query;
    return row && readRow(row);
  }

  /** @returns false if it has ended already */
  async end(id: string, actor: string, now: number): Promise<boolean> {
    const changed = await this.knex('webhook_suppressions')
      .where({ id })
      .whereNull('ended_at')
      .where('until', '>', now)
      .update({ ended_at: now, ended_by: actor });
    return changed === 1;
  }

  async list(
    query: SuppressionsQuery,
    scope: TenantScope,
    now: number,
    after?: { createdAt: number; id: string },
  ): Promise<{ rows: SuppressionRow[]; total: number }> {
    const filtered = () => {
      const rows = this.knex('webhook_suppressions');
      scope.where(this.knex, rows, 'tenant');
      if (query.tenant) whereAnyOf(this.knex, rows, 'tenant', query.tenant);
      if (query.active === true) {
        rows.whereNull('ended_at').where('until', '>', now);
      } else if (query.active === false) {
        rows.where(q => q.whereNotNull('ended_at').orWhere('until', '<=', now));
      }
      return rows;
    };
    const page = filtered()
      .select('*')
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    if (after) {
      page.whereRaw('(created_at, id) < (?, ?)', [after.createdAt, after.id]);
    }
    const [rows, [count]] = await Promise.all([
      page,
      filtered().count({ n: '*' }),
    ]);
    return { rows: rows.map(readRow), total: int(count.n) };
  }
}

function readRow(row: SuppressionRow): SuppressionRow {
  return {
    ...row,
    created_at: int(row.created_at),
    until: int(row.until),
    ended_at: row.ended_at === null ? null : int(row.ended_at),
    count: int(row.count),
  };
}

/** A pattern as the API gives it. */
export function toSuppression(
  row: SuppressionRow,
  now: number,
): WebhookSuppression {
  return {
    id: row.id,
    tenant: row.tenant,
    endpoint: row.endpoint ?? undefined,
    eventType: row.event_type ?? undefined,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: iso(row.created_at),
    until: iso(row.until),
    endedAt: optionalIso(row.ended_at),
    endedBy: row.ended_by ?? undefined,
    active: row.ended_at === null && row.until > now,
    count: row.count,
  };
}
