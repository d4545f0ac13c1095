import type { AuditCheckpoint } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursors';
import { int } from '../../lib/sql';

/** How many of the newest are compared with the trail; older ones are in the file or archive. */
const MOST_COMPARED = 10_000;

/** Knows the table of checkpoints. */
export class CheckpointStore {
  private readonly knex: Knex;

  constructor(knex: Knex) {
    this.knex = knex;
  }

  /** @returns whether it is new: of one state one checkpoint is kept */
  async add(checkpoint: AuditCheckpoint, trx: Knex = this.knex) {
    const { v: _, keyId, ...rest } = checkpoint;
    const added = await trx('audit_checkpoints')
      .insert({ ...rest, key_id: keyId })
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
  async list(query: { cursor?: string; limit: number }) {
    const after = decodeCursor(query.cursor, 'audit-checkpoints', ['number']);
    const found = this.knex('audit_checkpoints')
      .orderBy('id', 'desc')
      .limit(query.limit + 1);
    if (after) found.where('id', '<', after[0]);
    const [rows, [{ count }]] = await Promise.all([
      found,
      this.knex('audit_checkpoints').count('* as count'),
    ]);
    const page = pageOf(rows, query.limit, row =>
      encodeCursor('audit-checkpoints', [int(row.id)]),
    );
    return {
      items: page.rows.map(toCheckpoint),
      totalItems: int(count),
      pageInfo: { nextCursor: page.nextCursor },
    };
  }
}

function toCheckpoint(row: {
  kind: AuditCheckpoint['kind'];
  sequence: unknown;
  hash: string;
  at: string;
  key_id: string;
  signature: string;
}): AuditCheckpoint {
  return {
    v: 1,
    kind: row.kind,
    sequence: int(row.sequence),
    hash: row.hash,
    at: row.at,
    keyId: row.key_id,
    signature: row.signature,
  };
}
