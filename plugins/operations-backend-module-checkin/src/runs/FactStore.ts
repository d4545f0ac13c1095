import type { Knex } from 'knex';
import type { RunFacts } from './facts';
import type { RunNames } from './record';

/** What is known of a run, as it is stored. */
export interface StoredRun extends RunNames {
  facts: RunFacts;
  /** when it is lost, epoch ms */
  deadline?: number;
}

interface Row {
  run_id: string;
  job: string;
  facts: string;
  deadline: number | string | null;
  reported_at: number;
}

/** Facts of runs, in the table `checkin_runs`. */
export class FactStore {
  /** @param db - the transaction in which reports are taken */
  constructor(private readonly db: Knex) {}

  async byIds(ids: string[]): Promise<Map<string, StoredRun>> {
    if (!ids.length) return new Map();
    const rows: Row[] = await this.db('checkin_runs').whereIn('run_id', ids);
    return new Map(rows.map(row => [row.run_id, read(row)]));
  }

  /** Runs whose deadline has passed, the oldest first. */
  async overdue(now: number, limit: number): Promise<StoredRun[]> {
    const rows: Row[] = await this.db('checkin_runs')
      .where('deadline', '<=', now)
      .orderBy('deadline')
      .limit(limit);
    return rows.map(read);
  }

  async save(runs: StoredRun[], now: number): Promise<void> {
    if (!runs.length) return;
    const rows = runs.map(({ runId, job, reported, facts, deadline }) => ({
      run_id: runId,
      job,
      facts: JSON.stringify({ ...facts, reported }),
      deadline: deadline ?? null,
      reported_at: now,
    }));
    await this.db('checkin_runs').insert(rows).onConflict('run_id').merge();
  }

  /** Deletes what is known of ended runs that nothing was reported of since a moment. */
  async prune(before: number): Promise<number> {
    return this.db('checkin_runs')
      .where('reported_at', '<', before)
      .whereNull('deadline')
      .delete();
  }
}

function read(row: Row): StoredRun {
  const { reported, ...facts } = JSON.parse(row.facts) as RunFacts & {
    reported: string;
  };
  return {
    runId: row.run_id,
    job: row.job,
    reported,
    facts,
    ...(row.deadline !== null && { deadline: Number(row.deadline) }),
  };
}
