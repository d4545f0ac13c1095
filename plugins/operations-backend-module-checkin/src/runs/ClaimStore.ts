import type { Knex } from 'knex';

/** A slot of a schedule, and the execution of a run that has it. */
export interface Claim {
  slot: number;
  runId: string;
  execution: string;
}

/** Who has which slot of a schedule, in the table `checkin_claims`. */
export class ClaimStore {
  /** @param db - the transaction in which slots are claimed, one after the other */
  constructor(private readonly db: Knex) {}

  /**
   * Claims a slot, if nobody has it.
   * @returns who has it
   */
  async claim(job: string, claim: Claim): Promise<Claim> {
    const { slot, runId: run_id, execution } = claim;
    await this.db('checkin_claims')
      .insert({ job, slot, run_id, execution })
      .onConflict(['job', 'slot'])
      .ignore();
    return read(await this.db('checkin_claims').where({ job, slot }).first());
  }

  /** What a run has claimed before. */
  async ofRun(runId: string): Promise<Claim | undefined> {
    const row = await this.db('checkin_claims')
      .where({ run_id: runId })
      .orderBy('slot', 'desc')
      .first();
    return row && read(row);
  }

  /** A run of the job that is still under way, other than this one. */
  async underWay(job: string, runId: string): Promise<string | undefined> {
    const row = await this.db('checkin_runs')
      .where({ job })
      .whereNotNull('deadline')
      .whereNot({ run_id: runId })
      .first();
    return row?.run_id;
  }

  /** Deletes slots that nobody can claim any more. */
  async prune(before: number): Promise<void> {
    await this.db('checkin_claims').where('slot', '<', before).delete();
  }
}

function read(row: Record<string, unknown>): Claim {
  return {
    slot: Number(row.slot),
    runId: String(row.run_id),
    execution: String(row.execution),
  };
}
