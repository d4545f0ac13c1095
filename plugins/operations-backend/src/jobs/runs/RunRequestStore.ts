import type { RunTrigger } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { upsert } from '../../lib/sql';
import type { RunRequest } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  boolean,
  json,
  nullable,
  Table,
  text,
  time,
  type RowOf,
} from '../../lib/table';

/**
 * Runs that this portal requested, written before they are put on a queue: the only source of who
 * asked for a run, why, and for what. What comes back from the platform says the same and proves
 * nothing.
 */
export const RUN_REQUESTS = new Table('run_requests', {
  id: text(),
  jobId: text(),
  trigger: text<RunTrigger>(),
  triggeredBy: text(),
  reason: nullable(text()),
  retryOf: nullable(text()),
  tenant: nullable(text()),
  dryRun: boolean(),
  detail: json<Pick<RunRequest, 'timeRange' | 'parameters'>>(),
  signed: boolean(),
  requestedAt: time(),
});
export type RunRequestRow = RowOf<typeof RUN_REQUESTS>;

export class RunRequestStore {
  constructor(private readonly knex: Knex) {}

  /** Keeps the first of several requests of one id, which are repetitions of it. */
  async add(row: RunRequestRow): Promise<void> {
    await upsert(
      this.knex,
      RUN_REQUESTS,
      ['id'],
      [RUN_REQUESTS.write(row)],
      [],
    );
  }

  /** Deletes those whose runs have been recorded long ago, or never will be. */
  async prune(before: number): Promise<void> {
    await this.knex('run_requests').where('requested_at', '<', before).delete();
  }
}
