import type { Page } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { keysetPage, type Keyset, type PageQuery } from '../../lib/keyset';
import { bigint, Table, text } from '../../lib/table';

/** How many of the newest are compared with the trail; older ones are in the file or archive. */
const MOST_COMPARED = 10_000;

const NEWEST_FIRST: Keyset = {
  list: 'audit-checkpoints',
  columns: { id: 'number' },
  order: 'desc',
};

const CHECKPOINTS = new Table('audit_checkpoints', {
  kind: text<AuditCheckpoint['kind']>(),
  sequence: bigint(),
  hash: text(),
  at: text(),
  keyId: text(),
  signature: text(),
});

function toCheckpoint(row: Record<string, unknown>): AuditCheckpoint {
  return { v: 1, ...CHECKPOINTS.read(row) };
}

/** Knows the table of checkpoints. */
export class CheckpointStore {
  constructor(private readonly knex: Knex) {}

  /** @returns whether it is new: of one state one checkpoint is kept */
  async add(checkpoint: AuditCheckpoint, trx: Knex = this.knex) {
    const added = await trx('audit_checkpoints')
      .insert(CHECKPOINTS.write(checkpoint))
      .onConflict(['kind', 'sequence'])
      .ignore()
      .returning('id');
    return added.length > 0;
  }

  /** Where the trail begins since rows were pruned. */
  async start(): Promise<AuditCheckpoint | undefined> {
    const row = await this.knex('audit_checkpoints')
      .where({ kind: 'start' })
      .orderBy('sequence', 'desc')
      .first();
    return row && toCheckpoint(row);
  }

  /** The newest head that covers rows written before a time, if there is one. */
  async newestHead(before?: string): Promise<AuditCheckpoint | undefined> {
    const query = this.knex('audit_checkpoints')
      .where({ kind: 'head' })
      .orderBy('sequence', 'desc');
    if (before) query.where('at', '<', before);
    const row = await query.first();
    return row && toCheckpoint(row);
  }

  /** The newest ones. */
  async all(): Promise<AuditCheckpoint[]> {
    const rows = await this.knex('audit_checkpoints')
      .orderBy('id', 'desc')
      .limit(MOST_COMPARED);
    return rows.map(toCheckpoint);
  }

  /** Newest first. */
  list(query: PageQuery): Promise<Page<AuditCheckpoint>> {
    return keysetPage(
      this.knex('audit_checkpoints'),
      NEWEST_FIRST,
      query,
      toCheckpoint,
    );
  }
}
