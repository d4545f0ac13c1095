import type { Knex } from 'knex';
import { isPostgres, upsert } from '../lib/sql';
import { HOUR_MS } from '../lib/time';
import type { FailureRow } from './rows';

type Counted = Pick<
  FailureRow,
  | 'tenant'
  | 'endpoint'
  | 'event_type'
  | 'error_class'
  | 'error_code'
  | 'state'
  | 'failed_at'
>;

interface Delta {
  tenant: string;
  endpoint: string;
  event_type: string;
  error_class: string;
  error_code: string;
  [more: string]: string | number;
}

const COUNT_KEYS = [
  'tenant',
  'endpoint',
  'event_type',
  'error_class',
  'error_code',
  'state',
];
const HOUR_KEYS = ['hour', ...COUNT_KEYS.slice(0, -1)];
const KEY_TYPES = {
  tenant: 'text',
  endpoint: 'text',
  event_type: 'text',
  error_class: 'text',
  error_code: 'text',
} as const;

/**
 * Collects a transaction's changes of the counts, and writes them at its end, in one order for all.
 */
export class CountDeltas {
  private readonly counts = new Map<string, Delta>();
  private readonly hours = new Map<string, Delta>();

  /** `by` more (or fewer) failures in this place. */
  add(row: Counted, by: number): void {
    const key = COUNT_KEYS.map(k => row[k as keyof Counted]).join('\0');
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
      {
        name: 'webhook_counts',
        columns: {
          ...KEY_TYPES,
          state: 'text',
          count: 'bigint',
          last_failed_at: 'bigint',
        },
      },
      COUNT_KEYS,
      [...this.counts.values()].filter(delta => delta.count !== 0),
      {
        count: '"webhook_counts"."count" + excluded."count"',
        last_failed_at: `${greatest}("webhook_counts"."last_failed_at", excluded."last_failed_at")`,
      },
    );
    await upsert(
      trx,
      {
        name: 'webhook_hours',
        columns: { hour: 'int', ...KEY_TYPES, count: 'bigint' },
      },
      HOUR_KEYS,
      [...this.hours.values()],
      { count: '"webhook_hours"."count" + excluded."count"' },
    );
  }
}

function keyOf(row: Counted): Delta {
  return {
    tenant: row.tenant,
    endpoint: row.endpoint,
    event_type: row.event_type,
    error_class: row.error_class,
    error_code: row.error_code,
  };
}
