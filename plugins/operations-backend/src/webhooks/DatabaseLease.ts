import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/**
 * Decides which replica does some periodic work on the database. The lease saves double work and is
 * no lock: work under it claims its rows in transactions of its own.
 */
export class DatabaseLease {
  private readonly owner = randomUUID();

  constructor(
    private readonly knex: Knex,
    private readonly name: string,
    private readonly lifeMs: number,
  ) {}

  /** Takes the lease if it is free, or prolongs it. @returns whether it is held */
  async hold(now = Date.now()): Promise<boolean> {
    const until = now + this.lifeMs;
    const taken = await this.knex('webhook_leases')
      .where({ name: this.name })
      .where(q => q.where({ owner: this.owner }).orWhere('until', '<', now))
      .update({ owner: this.owner, until });
    if (taken === 1) return true;
    const created = await this.knex('webhook_leases')
      .insert({ name: this.name, owner: this.owner, until })
      .onConflict('name')
      .ignore()
      .returning('name');
    return created.length === 1;
  }

  async release(): Promise<void> {
    await this.knex('webhook_leases')
      .where({ name: this.name, owner: this.owner })
      .delete();
  }
}
