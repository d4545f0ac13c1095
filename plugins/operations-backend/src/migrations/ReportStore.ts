import type { Knex } from 'knex';
import type { MigrationState } from '@craft-easy/backstage-plugin-operations-common';
import type { MigrationReport } from '@craft-easy/backstage-plugin-operations-protocol';
import { bigint, json, Table, text, type RowOf } from '../lib/table';

const REPORTS = new Table('migration_reports', {
  report: json<MigrationReport>(),
  state: text<MigrationState>(),
  /** epoch milliseconds */
  stateSince: bigint(),
  receivedAt: bigint(),
});
/** The newest report of an instance. */
export type StoredReport = RowOf<typeof REPORTS>;

export class ReportStore {
  constructor(private readonly knex: Knex) {}

  /**
   * Keeps a report if it is the instance's newest; the same or an older one changes nothing.
   * @returns whether it is the newest
   */
  async put(
    report: MigrationReport,
    state: MigrationState,
    now: number,
  ): Promise<boolean> {
    const { component, environment, instance } = report;
    const at = Date.parse(report.at);
    const row = {
      version: report.version,
      at,
      received_at: now,
      state,
      report: JSON.stringify(report),
    };
    const key = { component, environment, instance };
    const updated = await this.knex('migration_reports')
      .where(key)
      .andWhere('at', '<', at)
      .update({
        ...row,
        state_since: this.knex.raw('case when ?? = ? then ?? else ? end', [
          'state',
          state,
          'state_since',
          now,
        ]),
      });
    if (updated) return true;
    const inserted = await this.knex('migration_reports')
      .insert({ ...key, ...row, state_since: now })
      .onConflict(['component', 'environment', 'instance'])
      .ignore()
      .returning('at');
    if (inserted.length) return true;
    const same = await this.knex('migration_reports').where({ ...key, at });
    return same.length > 0;
  }

  async all(environments?: string[]): Promise<StoredReport[]> {
    const query = this.knex('migration_reports').orderBy([
      'component',
      'environment',
      'instance',
    ]);
    if (environments) query.whereIn('environment', environments);
    return REPORTS.all(query);
  }

  async of(component: string, environment: string): Promise<StoredReport[]> {
    const reports = this.knex('migration_reports');
    return REPORTS.all(
      reports.where({ component, environment }).orderBy('instance'),
    );
  }

  /** Deletes instances that have not reported since. */
  async deleteReceivedBefore(time: number): Promise<void> {
    await this.knex('migration_reports')
      .where('received_at', '<', time)
      .delete();
  }
}
