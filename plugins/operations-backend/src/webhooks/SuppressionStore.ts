import type { Knex } from 'knex';
import type {
  Page,
  SuppressionsQuery,
  WebhookSuppression,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Conclude } from '../lib/actions';
import { keysetPage, type Keyset } from '../lib/keyset';
import { LOCKS, lockFor, whereAnyOf } from '../lib/sql';
import { bigint, optional, Table, text, type RowOf } from '../lib/table';
import { iso, optionalIso } from '../lib/time';
import type { TenantScope } from '../permissions/TenantScope';
import { By, triageIn } from './TriageStore';

export const SUPPRESSIONS = new Table('webhook_suppressions', {
  id: text(),
  tenant: text(),
  endpoint: optional(text()),
  eventType: optional(text()),
  reason: text(),
  createdBy: text(),
  createdAt: bigint(),
  until: bigint(),
  endedAt: optional(bigint()),
  endedBy: optional(text()),
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
    row: Omit<SuppressionRow, 'endedAt' | 'endedBy' | 'count'>,
    options: { includeExisting: boolean; scope: TenantScope },
    conclude?: Conclude<number>,
  ): Promise<number> {
    return this.knex.transaction(async trx => {
      await lockFor(trx, LOCKS.webhooks);
      await trx('webhook_suppressions').insert(
        SUPPRESSIONS.write({ ...row, count: 0 }),
      );
      if (!options.includeExisting) {
        await conclude?.(trx, 0);
        return 0;
      }
      const by: By = { actor: row.createdBy, reason: row.reason };
      const taken = await triageIn(
        trx,
        {
          action: 'suppress',
          scope: options.scope,
          includeDelivered: false,
          now: row.createdAt,
          selection: {
            asOf: iso(row.createdAt),
            filter: {
              tenant: [row.tenant],
              ...(row.endpoint && { endpoint: [row.endpoint] }),
              ...(row.eventType && { eventType: [row.eventType] }),
            },
          },
        },
        by,
        { suppressionId: row.id },
      );
      await trx('webhook_suppressions')
        .where({ id: row.id })
        .increment('count', taken);
      await conclude?.(trx, taken);
      return taken;
    });
  }

  async get(
    id: string,
    scope: TenantScope,
  ): Promise<SuppressionRow | undefined> {
    const query = this.knex('webhook_suppressions').where({ id });
    scope.where(query, 'tenant');
    return SUPPRESSIONS.first(query);
  }

  /** @returns false if it has ended already */
  async end(
    id: string,
    actor: string,
    now: number,
    conclude?: Conclude<number>,
  ): Promise<boolean> {
    return this.knex.transaction(async trx => {
      const changed = await trx('webhook_suppressions')
        .where({ id })
        .whereNull('ended_at')
        .where('until', '>', now)
        .update({ ended_at: now, ended_by: actor });
      if (changed !== 1) return false;
      await conclude?.(trx, now);
      return true;
    });
  }

  list(
    query: SuppressionsQuery,
    scope: TenantScope,
    now: number,
  ): Promise<Page<WebhookSuppression>> {
    const rows = this.knex('webhook_suppressions');
    scope.where(rows, 'tenant');
    if (query.tenant) whereAnyOf(rows, 'tenant', query.tenant);
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
    ...row,
    createdAt: iso(row.createdAt),
    until: iso(row.until),
    endedAt: optionalIso(row.endedAt),
    active: row.endedAt === undefined && row.until > now,
  };
}
