import type { Knex } from 'knex';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  pageOfRows,
  restrictToPage,
  type Keyset,
  type KeysetPage,
} from '../lib/keyset';
import { int, whereAnyOf } from '../lib/sql';
import { iso } from '../lib/time';
import type { JobAccess } from '../permissions/JobAccess';
import { AUDIT, type AuditRow } from './AuditStore';
import type { AuditBody } from './chain';
import { whereVisible } from './visibility';

/** Largest total that is counted exactly. */
const AUDIT_COUNT_LIMIT = 10_000;

const NEWEST_FIRST: Keyset = {
  list: 'audit',
  columns: { 'audit.sequence': 'number' },
  order: 'desc',
};

export type AuditFilter = Omit<AuditQuery, 'cursor' | 'limit'>;

/** Reads the trail: one entry per pair of rows, newest first. */
export class AuditReader {
  constructor(private readonly knex: Knex) {}

  /** @param jobs - reading rights on jobs: entries about other jobs and tenants are left out */
  async list(
    query: AuditQuery,
    jobs: JobAccess,
  ): Promise<KeysetPage<AuditEntry>> {
    const found = this.matching(query, jobs).select(
      'audit.sequence',
      'audit.body',
      'outcome.body as outcome_body',
    );
    const rows: Array<Record<string, any>> = await restrictToPage(
      found,
      NEWEST_FIRST,
      query,
    );
    const page = pageOfRows(rows, NEWEST_FIRST, query.limit);
    return {
      rows: page.rows.map(row =>
        toEntry(
          JSON.parse(row.body),
          row.outcome_body && JSON.parse(row.outcome_body),
        ),
      ),
      nextCursor: page.nextCursor,
    };
  }

  async count(filter: AuditFilter, jobs: JobAccess): Promise<number> {
    const [row] = await this.knex
      .from(
        this.matching(filter, jobs)
          .select('audit.sequence')
          .limit(AUDIT_COUNT_LIMIT)
          .as('found'),
      )
      .count('* as count');
    return int(row.count);
  }

  /** Rows in the order of the chain. */
  async rowsAfter(sequence: number, limit: number): Promise<AuditRow[]> {
    const rows = this.knex('audit').where('sequence', '>', sequence);
    return AUDIT.all(rows.orderBy('sequence').limit(limit));
  }

  /** The row of that number. */
  async row(
    sequence: number,
  ): Promise<{ sequence: number; hash: string } | undefined> {
    const row = await this.knex('audit').where({ sequence }).first('hash');
    return row && { sequence, hash: row.hash };
  }

  async head(): Promise<{ sequence: number; hash: string } | undefined> {
    const head = await this.knex('audit_head').where({ id: 1 }).first();
    return head && { sequence: int(head.sequence), hash: head.hash };
  }

  private matching(filter: AuditFilter, jobs: JobAccess): Knex.QueryBuilder {
    const query = this.knex('audit')
      .leftJoin('audit as outcome', q =>
        q
          .on('outcome.entry_id', 'audit.entry_id')
          .andOn('outcome.kind', this.knex.raw(`'outcome'`)),
      )
      .where('audit.kind', 'intent');
    query.where(q => whereVisible(q, jobs, 'audit'));
    const anyOf = (column: string, values: string[] | undefined) => {
      if (values) whereAnyOf(query, column, values);
    };
    anyOf('audit.actor', filter.actor);
    anyOf('audit.action', filter.action);
    anyOf('audit.tenant', filter.tenant);
    if (filter.target) query.where('audit.target', filter.target);
    if (filter.job) query.where('audit.job_id', filter.job);
    if (filter.from) query.where('audit.at', '>=', Date.parse(filter.from));
    if (filter.to) query.where('audit.at', '<', Date.parse(filter.to));
    if (filter.outcome) {
      const ended = filter.outcome.filter(o => o !== 'intended');
      query.where(q => {
        q.whereIn('outcome.outcome', ended);
        if (filter.outcome!.includes('intended')) {
          q.orWhereNull('outcome.outcome');
        }
      });
    }
    return query;
  }
}

function toEntry(intent: AuditBody, outcome: AuditBody | null): AuditEntry {
  // rows of the first versions also hold the address of a page
  const { entryId, at, sequence: _, kind: __, ...rest } = intent;
  const { href: ___, ...said } = rest as typeof rest & { href?: string };
  return {
    id: entryId,
    at: iso(at),
    ...said,
    outcome: outcome?.outcome ?? 'intended',
    outcomeAt: outcome ? iso(outcome.at) : undefined,
    error: outcome?.error,
    before: outcome?.before,
    after: outcome?.after,
  };
}
