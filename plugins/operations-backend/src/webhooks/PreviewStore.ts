import type { Knex } from 'knex';
import type {
  BulkPreview,
  WebhookState,
} from '@craft-easy/backstage-plugin-operations-common';
import { int } from '../lib/sql';
import {
  statesTaken,
  Target,
  underWay,
  whereSelected,
  whereTaken,
} from './selection';

/** Counts exactly what a bulk action would take and leave out; knex only. */
export class PreviewStore {
  constructor(private readonly knex: Knex) {}

  async preview(target: Target): Promise<Omit<BulkPreview, 'asOf'>> {
    const [taken, skipped] = await Promise.all([
      this.taken(target),
      this.skipped(target),
    ]);
    return { ...taken, skipped };
  }

  private async taken(target: Target) {
    const { knex } = this;
    const perEndpoint = knex('webhook_failures')
      .select('tenant', 'endpoint')
      .count({ n: '*' })
      .groupBy('tenant', 'endpoint');
    whereTaken(perEndpoint, target);
    const [row] = await knex(perEndpoint.as('e'))
      .sum({ count: 'n' })
      .count({ endpoints: '*' })
      .countDistinct({ tenants: 'tenant' })
      .max({ largest: 'n' });
    return {
      count: int(row.count ?? 0),
      endpoints: int(row.endpoints),
      tenants: int(row.tenants),
      largestEndpoint: int(row.largest ?? 0),
    };
  }

  private async skipped(target: Target): Promise<BulkPreview['skipped']> {
    const { knex } = this;
    const query = knex('webhook_failures')
      .select(
        'state',
        knex.raw(
          'case when replayable_until <= ? then 1 else 0 end as expired',
          [target.now],
        ),
        knex.raw('case when exists ? then 1 else 0 end as active', [
          underWay(knex.queryBuilder()),
        ]),
      )
      .count({ n: '*' })
      .groupByRaw('1, 2, 3');
    whereSelected(query, target);
    const skipped = { delivered: 0, replaying: 0, expired: 0, same: 0 };
    const takes = statesTaken(target);
    const rows: Array<{
      state: WebhookState;
      expired: unknown;
      active: unknown;
      n: unknown;
    }> = (await query) as never;
    for (const row of rows) {
      const n = int(row.n);
      const active = target.action === 'replay' && int(row.active) === 1;
      if (active || row.state === 'replaying') skipped.replaying += n;
      else if (!takes.includes(row.state)) {
        if (row.state === 'delivered') skipped.delivered += n;
        else skipped.same += n;
      } else if (target.action === 'replay' && int(row.expired) === 1) {
        skipped.expired += n;
      }
    }
    return skipped;
  }
}
