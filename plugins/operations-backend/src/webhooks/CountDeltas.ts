import type { Knex } from 'knex';
import { isPostgres, upsert } from '../lib/sql';
import { HOUR_MS } from '../lib/time';
import type { FailureRow } from './rows';

const PLACE = {
  tenant: 'text',
  endpoint: 'text',
  event_type: 'text',
  error_class: 'text',
  error_code: 'text',
} as const;
const PLACE_KEYS = Object.keys(PLACE) as Array<keyof typeof PLACE>;
/** Columns that place a failure in the counts. */
export const COUNT_KEYS = [...PLACE_KEYS, 'state'] as const;

const COUNTS = {
  name: 'webhook_counts',
  columns: {
    ...PLACE,
    state: 'text',
    count: 'bigint',
    last_failed_at: 'bigint',
  },
} as const;
export const HOURS = {
  name: 'webhook_hours',
  columns: { hour: 'int', ...PLACE, count: 'bigint' },
} as const;

type Counted = Pick<FailureRow, (typeof COUNT_KEYS)[number] | 'failed_at'>;
type Delta = Record<string, string | number>;

/**
 * Gathers what a transaction changes in the counts, and writes it at its end, in one order for all.
 */
export class CountDeltas {
  private readonly counts = new Map<string, Delta>();
  private readonly hours = new Map<string, Delta>();

  /** `by` more (or fewer) failures in this place. */
  add(row: Counted, by: number): void {
    const key = COUNT_KEYS.map(name => row[name]).join('\0');
    const delta = this.counts.get(key) ?? {
      ...keyOf(row),
      state: row.state,
      count: 0,
      last_failed_at: 0,
    };
    delta.count = Number(delta.count) + by;
    delta.last_failed_at = Math.max(
      Number(delta.last_failed_at),
      row.failed_at,
    );
    this.counts.set(key, delta);
  }

  /** A failure moved from one place to another. */
  move(before: Counted, after: Counted): void {
    this.add(before, -1);
    this.add(after, 1);
  }

  /** One more final failure in the hour in which it failed. */
  failed(row: Counted): void {
    const hour = Math.floor(row.failed_at / HOUR_MS);
    const key = [hour, ...Object.values(keyOf(row))].join('\0');
    const delta = this.hours.get(key) ?? { hour, ...keyOf(row), count: 0 };
    delta.count = Number(delta.count) + 1;
    this.hours.set(key, delta);
  }

  async write(trx: Knex.Transaction): Promise<void> {
    const greatest = isPostgres(trx) ? 'greatest' : 'max';
    await upsert(
      trx,
      COUNTS,
      [...COUNT_KEYS],
      [...this.counts.values()].filter(delta => delta.count !== 0),
      {
        count: '"webhook_counts"."count" + excluded."count"',
        last_failed_at: `${greatest}("webhook_counts"."last_failed_at", excluded."last_failed_at")`,
      },
    );
    const hours = [...this.hours.values()];
    await upsert(trx, HOURS, ['hour', ...PLACE_KEYS], hours, {
      count: '"webhook_hours"."count" + excluded."count"',
    });
  }
}

function keyOf(row: Counted): Delta {
  return Object.fromEntries(PLACE_KEYS.map(name => [name, row[name]]));
}
