import type { Knex } from 'knex';
import { int, isPostgres, storable, upsert, whereAnyOf } from '../lib/sql';
import { bigint, nullable, Table, text, type RowOf } from '../lib/table';
import { canonicalJson, hashRow, type AuditBody } from './chain';
import type { TrailMemory } from './TrailMemory';

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

/** Entries without an outcome, by which those of a process that died are found. */
export const OPEN = new Table('audit_open', {
  entry_id: text(),
  makes: nullable(text()),
  beat: bigint(),
});

interface Waiting {
  rows: NewAuditRow[];
  makes?: string;
  resolve(): void;
  reject(error: unknown): void;
}

interface Head {
  sequence: number;
  hash: string;
}

/**
 * Appends to the trail. The row that holds the end of the chain is locked while rows are added, so
 * that replicas write one chain. Within a process, rows that arrive during a transaction are added
 * by the next one together, so that the rate is not one transaction per row.
 */
export class AuditStore {
  private waiting: Waiting[] = [];
  private flushing = false;

  /** @param memory - learns of each row that is committed, and notices a trail that shrank */
  constructor(
    private readonly knex: Knex,
    private readonly memory?: Pick<TrailMemory, 'compare' | 'added'>,
  ) {}

  /**
   * The outcome of an entry that has one already is left out.
   *
   * @param makes - what the action of the intent is about to make
   * @returns once the rows are in the database
   */
  append(rows: NewAuditRow[], makes?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ rows, makes, resolve, reject });
      this.flush();
    });
  }

  /**
   * As {@link append}, within a transaction of the caller, so that its changes and their entry in
   * the trail are committed together or not at all.
   *
   * @returns how many rows were added
   */
  async appendIn(trx: Knex.Transaction, rows: NewAuditRow[]): Promise<number> {
    if (!rows.length) return 0;
    const { added, from, head } = await this.chain(trx, rows);
    // What is rolled back was never there.
    trx.executionPromise.then(
      () => this.memory?.added(from, head),
      () => {},
    );
    return added;
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
    await this.lockHead(trx);
    const intents = trx('audit').where('kind', 'intent').select('entry_id');
    const ids = rows.map(row => row.entryId);
    const there = await whereAnyOf(intents, 'entry_id', ids);
    const known = new Set(there.map(row => row.entry_id));
    const fresh = rows.filter(r => !known.has(r.entryId));
    await this.appendIn(trx, fresh);
    return fresh;
  }

  /** How an entry has ended, `intended` if it has not; `undefined` if there is none. */
  async outcomeOf(
    entryId: string,
  ): Promise<'intended' | NewAuditRow['outcome']> {
    const rows = await this.knex('audit')
      .where({ entry_id: entryId })
      .select('kind', 'outcome');
    if (!rows.length) return undefined;
    return rows.find(({ kind }) => kind === 'outcome')?.outcome ?? 'intended';
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.waiting.length) {
        const batch = this.waiting;
        this.waiting = [];
        try {
          const rows = batch.flatMap(b => b.rows);
          const makes = new Map(
            batch.map(b => [b.rows[0]?.entryId, b.makes ?? null]),
          );
          const { from, head } = await this.knex.transaction(trx =>
            this.chain(trx, rows, makes),
          );
          this.memory?.added(from, head);
          for (const one of batch) one.resolve();
        } catch (error) {
          for (const one of batch) one.reject(error);
        }
      }
    } finally {
      this.flushing = false;
    }
  }

  private async chain(
    trx: Knex.Transaction,
    given: NewAuditRow[],
    makes?: ReadonlyMap<string, string | null>,
  ): Promise<{ added: number; from: Head; head: Head }> {
    const from = await this.lockHead(trx);
    const rows = await withoutEnded(trx, given);
    let { sequence, hash } = from;
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
    await noteOpen(trx, rows, makes);
    return { added: rows.length, from, head: { sequence, hash } };
  }

  private async lockHead(trx: Knex.Transaction): Promise<Head> {
    const query = trx('audit_head').where({ id: 1 });
    if (isPostgres(trx)) query.forUpdate();
    const [row] = await query;
    const head = { sequence: int(row.sequence), hash: row.hash };
    this.memory?.compare(head);
    return head;
  }
}

function idsOf(rows: NewAuditRow[], kind: NewAuditRow['kind']): Set<string> {
  return new Set(rows.filter(r => r.kind === kind).map(r => r.entryId));
}

/**
 * Leaves out outcomes of entries that have one: where a process was taken for dead, its entry was
 * settled. The head is locked, so nobody adds one meanwhile.
 */
async function withoutEnded(
  trx: Knex.Transaction,
  rows: NewAuditRow[],
): Promise<NewAuditRow[]> {
  const begun = idsOf(rows, 'intent');
  const late = [...idsOf(rows, 'outcome')].filter(id => !begun.has(id));
  if (!late.length) return rows;
  const outcomes = trx('audit').where('kind', 'outcome').select('entry_id');
  const there = await whereAnyOf(outcomes, 'entry_id', late);
  const ended = new Set(there.map(row => row.entry_id));
  return rows.filter(r => r.kind === 'intent' || !ended.has(r.entryId));
}

/** Notes which entries have begun and not ended, and forgets those that have ended now. */
async function noteOpen(
  trx: Knex.Transaction,
  rows: NewAuditRow[],
  makes?: ReadonlyMap<string, string | null>,
): Promise<void> {
  const begun = idsOf(rows, 'intent');
  const ended = idsOf(rows, 'outcome');
  const open = [...begun].filter(id => !ended.has(id));
  await upsert(
    trx,
    OPEN,
    ['entry_id'],
    open.map(id => ({ entry_id: id, makes: makes?.get(id) ?? null, beat: 0 })),
    [],
  );
  const closed = [...ended].filter(id => !begun.has(id));
  if (closed.length) {
    await whereAnyOf(trx('audit_open').delete(), 'entry_id', closed);
  }
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
