import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  CatalogJob,
  JobVersions,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import { whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';

/**
 * Columns that a job's version is made of: what else its entity shows is under the registration's
 * hash.
 */
const VERSIONED = ['id', 'registration_hash', 'declared', 'registered'].map(
  column => `jobs.${column}`,
);

/**
 * Reads jobs for the catalog: what changed is found by short versions, so that registrations are
 * read for those only.
 */
export class CatalogJobsStore {
  constructor(private readonly knex: Knex) {}

  async versions(
    access: JobAccess,
    after: string | undefined,
    limit: number,
  ): Promise<JobVersions> {
    const query = this.visible(access)
      .orderBy('jobs.id')
      .limit(limit + 1);
    if (after) query.where('jobs.id', '>', after);
    const rows: Array<Record<string, unknown>> = await query.select(VERSIONED);
    const items = rows.slice(0, limit).map(row => ({
      id: String(row.id),
      version: versionOf(row),
    }));
    return rows.length > limit
      ? { items, nextAfter: items.at(-1)!.id }
      : { items };
  }

  async details(access: JobAccess, ids: string[]): Promise<CatalogJob[]> {
    const query = this.visible(access)
      .leftJoin('job_state', 'job_state.job_id', 'jobs.id')
      .select(VERSIONED)
      .select('jobs.engine', 'jobs.name', 'jobs.queue')
      .select('job_state.registration');
    const rows = await whereAnyOf(query.orderBy('jobs.id'), 'jobs.id', ids);
    return rows.map(toCatalogJob);
  }

  private visible(access: JobAccess): Knex.QueryBuilder {
    return this.knex('jobs').where(q => access.where(q, { tenant: 'never' }));
  }
}

function toCatalogJob(row: Record<string, any>): CatalogJob {
  const registration: Partial<JobRegistration> = row.registration
    ? JSON.parse(row.registration)
    : {};
  const { title, description, owner, entityRef, system, lifecycle } =
    registration;
  const { tags, links } = registration;
  return {
    ...{ id: row.id, engine: row.engine, name: row.name, queue: row.queue },
    version: versionOf(row),
    ...{ title, owner, entityRef, system, lifecycle },
    description: description ?? '',
    tags: tags ?? [],
    links: links ?? [],
    declared: Boolean(row.declared),
    registered: Boolean(row.registered),
  };
}

function versionOf(row: Record<string, unknown>): string {
  const parts = [
    row.registration_hash,
    Boolean(row.declared),
    Boolean(row.registered),
  ];
  return createHash('sha256')
    .update(parts.join(' '))
    .digest('hex')
    .slice(0, 16);
}
