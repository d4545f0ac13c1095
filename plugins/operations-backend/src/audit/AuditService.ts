import {
  jobReadPermission,
  type AuditEntry,
  type AuditQuery,
  type AuditVerification,
  type Page,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Access } from '../permissions/Access';
import type { AuditFilter, AuditReader } from './AuditReader';
import { verifyTrail } from './verification';

const EXPORT_PAGE = 500;

/** Reads and verifies the trail. */
export class AuditService {
  private readonly reader: AuditReader;
  private verifying: Promise<AuditVerification> | undefined;

  constructor(reader: AuditReader) {
    this.reader = reader;
  }

  async list(query: AuditQuery, access: Access): Promise<Page<AuditEntry>> {
    const jobs = await access.jobs(jobReadPermission);
    const [page, totalItems] = await Promise.all([
      this.reader.list(query, jobs),
      this.reader.count(query, jobs),
    ]);
    return {
      items: page.entries,
      totalItems,
      pageInfo: { nextCursor: page.nextCursor },
    };
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
      yield page.entries;
      cursor = page.nextCursor;
    } while (cursor);
  }

  /** Whether the trail is whole. Asked by several at once, it is walked once. */
  verify(): Promise<AuditVerification> {
    this.verifying ??= verifyTrail(this.reader).finally(() => {
      this.verifying = undefined;
    });
    return this.verifying;
  }
}
