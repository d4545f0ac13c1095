import type { Knex } from 'knex';

/** Which run has a slot of a schedule, in the table `checkin_claims`. */
export class ClaimStore {
  /** @param db - the transaction in which slots are claimed, one after the other */
  constructor(private readonly db: Knex) {}

  /**
   * Claims a slot, if no run has it.
   * @returns id of the run that has it
   */
  async claim(job: string, slot: number, runId: string): Promise<string> {
    await this.db('checkin_claims')
      .insert({ job, slot, run_id: runId })
      .onConflict(['job', 'slot'])
      .ignore();
    const row = await this.db('checkin_claims').where({ job, slot }).first();
    return row.run_id;
  }

  /** The slot that a run has claimed before. */
  async slotOf(job: string, runId: string): Promise<number | undefined> {
    const row = await this.db('checkin_claims')
      .where({ job, run_id: runId })
      .first();
    return row && Number(row.slot);
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

  /** Forgets slots that nobody can claim any more. */
  async prune(before: number): Promise<void> {
    await this.db('checkin_claims').where('slot', '<', before).delete();
  }
}
