import { NotAllowedError } from '@backstage/errors';
import type {
  AuditQuery,
  Page,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobReadPermission,
  type AuditEntry,
} from '@craft-easy/backstage-plugin-operations-common';
import { toPage } from '../lib/keyset';
import type { Access } from '../permissions/Access';
import type { AuditFilter, AuditReader } from './AuditReader';
import { refusal, sentence } from '../lib/sentences';

const EXPORT_PAGE = 500;

/**
 * A row as the chain holds it. An auditor can verify the chain from such rows without this
 * portal.
 */
export interface ChainedRow {
  sequence: number;
  body: string;
  previousHash: string;
  hash: string;
}

/** Reads the trail. */
export class AuditService {
  constructor(private readonly reader: AuditReader) {}

  async list(query: AuditQuery, access: Access): Promise<Page<AuditEntry>> {
    const jobs = await access.jobs(jobReadPermission);
    const [page, totalItems] = await Promise.all([
      this.reader.list(query, jobs),
      this.reader.count(query, jobs),
    ]);
    return toPage({ ...page, totalItems }, entry => entry);
  }

  /** All entries that match, a page at a time. */
  async *pages(
    filter: AuditFilter,
    access: Access,
  ): AsyncGenerator<AuditEntry[]> {
    const jobs = await access.jobs(jobReadPermission);
    let cursor: string | undefined;
    do {
      const page = await this.reader.list(
        { ...filter, cursor, limit: EXPORT_PAGE },
        jobs,
      );
      yield page.rows;
      cursor = page.nextCursor;
    } while (cursor);
  }

  /**
   * The chain itself, oldest row first, a page at a time: the rows of every job and tenant.
   *
   * @throws NotAllowedError if the caller may not see every job
   */
  async chain(access: Access): Promise<AsyncGenerator<ChainedRow[]>> {
    if (!(await access.jobs(jobReadPermission)).isEverything) {
      throw refusal(NotAllowedError, sentence('chain-of-all'));
    }
    return this.chainedRows();
  }

  private async *chainedRows(): AsyncGenerator<ChainedRow[]> {
    // Rows that are appended during the export belong to the next one.
    const end = (await this.reader.head())?.sequence ?? 0;
    let last = 0;
    for (;;) {
      const rows = (await this.reader.rowsAfter(last, EXPORT_PAGE)).filter(
        row => row.sequence <= end,
      );
      if (!rows.length) return;
      yield rows.map(row => ({
        sequence: row.sequence,
        body: row.body,
        previousHash: row.previous_hash,
        hash: row.hash,
      }));
      last = rows[rows.length - 1].sequence;
    }
  }
}
