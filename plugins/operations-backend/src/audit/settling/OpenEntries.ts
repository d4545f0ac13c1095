import type { Knex } from 'knex';
import { whereAnyOf } from '../../lib/sql';
import { OPEN } from '../AuditStore';
import type { AuditBody } from '../chain';

/** An entry of the trail that has no outcome. */
export interface OpenEntry {
  entryId: string;
  makes?: string;
  /** grows while a process works on it; −1: its action did not conclude within a transaction */
  beat: number;
  /** undefined: its intent was pruned */
  intent?: AuditBody;
}

/** As many as are looked at in one round, the oldest first. */
const AT_ONCE = 500;

/** Knows the table of entries that have no outcome. */
export class OpenEntries {
  constructor(private readonly knex: Knex) {}

  async list(): Promise<OpenEntry[]> {
    const rows = await this.knex('audit_open')
      .leftJoin('audit', q =>
        q
          .on('audit.entry_id', 'audit_open.entry_id')
          .andOn('audit.kind', this.knex.raw(`'intent'`)),
      )
      .orderBy('audit.sequence')
      .limit(AT_ONCE)
      .select('audit_open.*', 'audit.body');
    return rows.map(row => {
      const { entry_id, makes, beat } = OPEN.read(row);
      return {
        entryId: entry_id,
        makes: makes ?? undefined,
        beat,
        intent: row.body ? JSON.parse(row.body) : undefined,
      };
    });
  }

  /** Says that a process works on them. */
  async beat(ids: string[]): Promise<void> {
    if (!ids.length) return;
    await whereAnyOf(
      this.knex('audit_open').increment('beat', 1),
      'entry_id',
      ids,
    );
  }

  /** Deletes the note of an entry whose intent was pruned. */
  async delete(id: string): Promise<void> {
    await this.knex('audit_open').where({ entry_id: id }).delete();
  }
}
