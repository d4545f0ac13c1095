import type { Knex } from 'knex';
import { int, whereAnyOf } from '../../lib/sql';
import type { FailureReport } from './reports';

interface Pattern {
  id: string;
  tenant: string;
  endpoint: string | null;
  event_type: string | null;
  created_at: number;
  until: number;
  ended_at: number | null;
}

/**
 * The patterns that suppress failures of some tenants. The time of the failure decides which
 * patterns apply, not that of the report.
 */
export class Suppressions {
  private readonly counts = new Map<string, number>();

  private constructor(private readonly patterns: Pattern[]) {}

  static async load(
    trx: Knex.Transaction,
    tenants: string[],
  ): Promise<Suppressions> {
    if (tenants.length === 0) return new Suppressions([]);
    const query = trx('webhook_suppressions').select('*');
    whereAnyOf(trx, query, 'tenant', [...new Set(tenants)]);
    const rows: Pattern[] = await query;
    return new Suppressions(
      rows.map(row => ({
        ...row,
        created_at: int(row.created_at),
        until: int(row.until),
        ended_at: row.ended_at === null ? null : int(row.ended_at),
      })),
    );
  }

  /** Id of a pattern that suppresses this failure. */
  match(report: FailureReport): string | undefined {
    return this.patterns.find(
      pattern =>
        pattern.tenant === report.tenant &&
        (pattern.endpoint === null || pattern.endpoint === report.endpoint) &&
        (pattern.event_type === null ||
          pattern.event_type === report.eventType) &&
        pattern.created_at <= report.failedAt &&
        report.failedAt < Math.min(pattern.until, pattern.ended_at ?? Infinity),
    )?.id;
  }

  count(id: string): void {
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
  }

  async write(trx: Knex.Transaction): Promise<void> {
    for (const [id, by] of this.counts) {
      await trx('webhook_suppressions').where({ id }).increment('count', by);
    }
  }
}
