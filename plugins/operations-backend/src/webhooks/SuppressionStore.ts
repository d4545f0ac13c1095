import type { Knex } from 'knex';
import type {
  Page,
  SuppressionsQuery,
  WebhookSuppression,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { keysetPage, type Keyset } from '../lib/keyset';
import { LOCKS, lockFor, whereAnyOf } from '../lib/sql';
import { bigint, nullable, Table, text, type RowOf } from '../lib/table';
import { iso, optionalIso } from '../lib/time';
import type { TenantScope } from '../permissions/TenantScope';
import { By, triageIn } from './TriageStore';

const SUPPRESSIONS = new Table('webhook_suppressions', {
  id: text(),
  tenant: text(),
  endpoint: nullable(text()),
  event_type: nullable(text()),
  reason: text(),
  created_by: text(),
  created_at: bigint(),
  until: bigint(),
  ended_at: nullable(bigint()),
  ended_by: nullable(text()),
  count: bigint(),
});
export type SuppressionRow = RowOf<typeof SUPPRESSIONS>;

const NEWEST_FIRST: Keyset = {
  list: 'suppressions',
  columns: { created_at: 'number', id: 'string' },
  order: 'desc',
};

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
    return row && SUPPRESSIONS.read(row);
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

  list(
    query: SuppressionsQuery,
    scope: TenantScope,
    now: number,
  ): Promise<Page<WebhookSuppression>> {
    const rows = this.knex('webhook_suppressions');
    scope.where(this.knex, rows, 'tenant');
    if (query.tenant) whereAnyOf(this.knex, rows, 'tenant', query.tenant);
    if (query.active === true) {
      rows.whereNull('ended_at').where('until', '>', now);
    } else if (query.active === false) {
      rows.where(q => q.whereNotNull('ended_at').orWhere('until', '<=', now));
    }
    return keysetPage(rows, NEWEST_FIRST, query, row =>
      toSuppression(SUPPRESSIONS.read(row), now),
    );
  }
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
