import type { Knex } from 'knex';
import { checked, form, forms, having, optionsOf } from '../../checked';
import type { SlotWitness, WitnessedClaim } from '../schedule/witness';

/** @public */
export interface SqlWitnessOptions {
  /** Connected to PostgreSQL or SQLite. Whoever made it destroys it. */
  knex: Knex;
  /** Name of the table, which is created where it is missing. Default `operations_slot_claims`. */
  table?: string;
  /**
   * How long claims are kept, in days. The newest claim of a job, and of its tenants, is kept for
   * ever. Default 30.
   */
  keepDays?: number;
}

const optionsForm = optionsOf<SqlWitnessOptions>(
  {
    knex: having('what knex() returns', 'raw', 'transaction'),
    table: forms.text.optional(),
    keepDays: form<number>(
      'a number of days, at least 1',
      given => given >= 1,
    ).optional(),
  },
  {
    connection: 'knex',
    db: 'knex',
    tableName: 'table',
    retentionDays: 'keepDays',
  },
);

const DEFAULT_TABLE = 'operations_slot_claims';
const DEFAULT_KEEP_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;
const DELETE_EVERY_MS = 3600 * 1000;

class SqlWitness implements SlotWitness {
  private readonly knex: Knex;
  private readonly table: string;
  /** Settles when the table is there. */
  private created: Promise<void> | undefined;
  private deletedAt = 0;

  constructor(
    private readonly options: { knex: Knex; table: string; keepMs: number },
  ) {
    this.knex = options.knex;
    this.table = options.table;
  }

  async claim(claim: WitnessedClaim): Promise<'mine' | 'taken'> {
    await this.ensureTable();
    const now = Date.now();
    const { job, slot, tenant, runId, executionId } = claim;
    await this.knex(this.table)
      .insert({
        job,
        tenant,
        slot,
        run_id: runId,
        execution_id: executionId,
        claimed_at: now,
      })
      .onConflict(['job', 'tenant', 'slot'])
      .ignore();
    const row = await this.knex(this.table)
      .where({ job, tenant, slot })
      .first('execution_id');
    await this.deleteOld(now);
    return row?.execution_id === executionId ? 'mine' : 'taken';
  }

  private async ensureTable(): Promise<void> {
    this.created ??= this.createTable();
    try {
      await this.created;
    } catch (error) {
      this.created = undefined;
      throw error;
    }
  }

  private async createTable(): Promise<void> {
    const { knex, table } = this;
    if (await knex.schema.hasTable(table)) {
      return;
    }
    try {
      await knex.schema.createTable(table, columns => {
        columns.string('job', 200).notNullable();
        columns.string('tenant', 200).notNullable();
        columns.bigInteger('slot').notNullable();
        columns.string('run_id', 300).notNullable();
        columns.string('execution_id', 100).notNullable();
        columns.bigInteger('claimed_at').notNullable();
        columns.primary(['job', 'tenant', 'slot']);
      });
    } catch (error) {
      // another worker may have created it meanwhile
      if (!(await knex.schema.hasTable(table))) {
        throw error;
      }
    }
  }

  /**
   * The newest claim of a job stays: its slot may be the one that is due, however long ago it was.
   */
  private async deleteOld(now: number): Promise<void> {
    if (now - this.deletedAt < DELETE_EVERY_MS) {
      return;
    }
    this.deletedAt = now;
    const { knex, table } = this;
    await knex(table)
      .where('claimed_at', '<', now - this.options.keepMs)
      .whereExists(
        knex({ newer: table })
          .whereRaw('newer.job = ??', [`${table}.job`])
          .whereRaw('newer.tenant = ??', [`${table}.tenant`])
          .whereRaw('newer.slot > ??', [`${table}.slot`])
          .select(knex.raw('1')),
      )
      .delete();
  }
}

/**
 * A witness that keeps claims in a table of a PostgreSQL or SQLite database. All workers of a
 * namespace share one database and table.
 * @throws TypeError if an option is not usable
 * @public
 */
export function createSqlWitness(options: SqlWitnessOptions): SlotWitness {
  checked('createSqlWitness', optionsForm, options);
  const { keepDays = DEFAULT_KEEP_DAYS } = options;
  return new SqlWitness({
    knex: options.knex,
    table: options.table ?? DEFAULT_TABLE,
    keepMs: keepDays * DAY_MS,
  });
}
