import type { Knex } from 'knex';
import { whereAnyOf } from '../../lib/sql';
import { SUPPRESSIONS, type SuppressionRow } from '../SuppressionStore';
import type { FailureReport } from './reports';

/**
 * The patterns that suppress failures of some tenants. The time of the failure decides which
 * patterns apply, not that of the report.
 */
export class Suppressions {
  private readonly counts = new Map<string, number>();

  private constructor(private readonly patterns: SuppressionRow[]) {}

  static async load(
    trx: Knex.Transaction,
    tenants: string[],
  ): Promise<Suppressions> {
    if (tenants.length === 0) return new Suppressions([]);
    const query = trx('webhook_suppressions');
    return new Suppressions(
      await SUPPRESSIONS.all(
        whereAnyOf(query, 'tenant', [...new Set(tenants)]),
      ),
    );
  }

  /** Id of a pattern that suppresses this failure. */
  match(report: FailureReport): string | undefined {
    return this.patterns.find(
      pattern =>
        pattern.tenant === report.tenant &&
        (pattern.endpoint ?? report.endpoint) === report.endpoint &&
        (pattern.eventType ?? report.eventType) === report.eventType &&
        pattern.createdAt <= report.failedAt &&
        report.failedAt < Math.min(pattern.until, pattern.endedAt ?? Infinity),
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
