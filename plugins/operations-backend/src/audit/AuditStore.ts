import type { Knex } from 'knex';
import { isPostgres, storable, upsert, whereAnyOf } from '../lib/sql';
import { bigint, nullable, Table, text, type RowOf } from '../lib/table';
import { canonicalJson, hashRow, type AuditBody } from './chain';

/** A row before it has its place in the chain. */
export type NewAuditRow = Omit<AuditBody, 'sequence'>;

export const AUDIT = new Table('audit', {
  sequence: bigint(),
  entry_id: text(),
  kind: text(),
  at: bigint(),
  actor: text(),
  action: text(),
  target: text(),
  job_id: nullable(text()),
  tenant: nullable(text()),
  outcome: nullable(text()),
  body: text(),
  previous_hash: text(),
  hash: text(),
});
/** A row as it is stored. */
export type AuditRow = RowOf<typeof AUDIT>;

interface Waiting {
  rows: NewAuditRow[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Appends to the trail. The row that holds the end of the chain is locked while rows are added, so
 * that replicas write one chain. Within a process, rows that arrive during a transaction are added
 * by the next one together, so that the rate is not one transaction per row.
 */
export class AuditStore {
  private waiting: Waiting[] = [];
  private flushing = false;

  constructor(private readonly knex: Knex) {}

  /** @returns once the rows are in the database */
  append(rows: NewAuditRow[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ rows, resolve, reject });
      this.flush();
    });
  }

  /**
   * As {@link append}, within a transaction of the caller, so that its changes and their entry in
   * the trail are committed together or not at all.
   */
  async appendIn(trx: Knex.Transaction, rows: NewAuditRow[]): Promise<void> {
    if (rows.length) await chain(trx, rows);
  }

  /**
   * As {@link appendIn}, but leaves out entries that are there already.
   *
   * @returns the rows that were added
   */
  async appendNewIn(
    trx: Knex.Transaction,
    rows: NewAuditRow[],
  ): Promise<NewAuditRow[]> {
    if (!rows.length) return [];
    await lockHead(trx);
    const intents = trx('audit').where('kind', 'intent').select('entry_id');
    const ids = rows.map(row => row.entryId);
    const there = await whereAnyOf(intents, 'entry_id', ids);
    const known = new Set(there.map(row => row.entry_id));
    const fresh = rows.filter(r => !known.has(r.entryId));
    if (fresh.length) await chain(trx, fresh);
    return fresh;
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.waiting.length) {
        const batch = this.waiting;
        this.waiting = [];
        try {
          await this.knex.transaction(trx =>
            chain(
              trx,
              batch.flatMap(b => b.rows),
            ),
          );
          for (const one of batch) one.resolve();
        } catch (error) {
          for (const one of batch) one.reject(error);
        }
      }
    } finally {
      this.flushing = false;
    }
  }
}

async function lockHead(
  trx: Knex.Transaction,
): Promise<{ sequence: number; hash: string }> {
  const query = trx('audit_head').where({ id: 1 });
  if (isPostgres(trx)) query.forUpdate();
  const [head] = await query;
  return { sequence: Number(head.sequence), hash: head.hash };
}

async function chain(
  trx: Knex.Transaction,
  rows: NewAuditRow[],
): Promise<void> {
  let { sequence, hash } = await lockHead(trx);
  const chained = rows.map(row => {
    sequence += 1;
    const body = canonicalJson({ ...row, sequence });
    const previous = hash;
    hash = hashRow(previous, body);
    return {
      sequence,
      entry_id: row.entryId,
      kind: row.kind,
      at: row.at,
      ...searchColumns(row),
      body,
      previous_hash: previous,
      hash,
    };
  });
  await upsert(trx, AUDIT, ['sequence'], chained, []);
  await trx('audit_head').where({ id: 1 }).update({ sequence, hash });
}

/** The parts of a body that can be searched, as columns hold them. */
export function searchColumns(
  body: Pick<
    AuditBody,
    'actor' | 'action' | 'target' | 'jobId' | 'tenant' | 'outcome'
  >,
) {
  const fit = (value: string, length: number) =>
    storable(value.slice(0, length));
  const fitTenant = (tenant: string) =>
    storable([...tenant].slice(0, 200).join(''));
  return {
    actor: fit(body.actor, 300),
    action: fit(body.action, 100),
    target: fit(body.target, 600),
    job_id: body.jobId === undefined ? null : fit(body.jobId, 300),
    tenant: body.tenant === undefined ? null : fitTenant(body.tenant),
    outcome: body.outcome ?? null,
  };
}
