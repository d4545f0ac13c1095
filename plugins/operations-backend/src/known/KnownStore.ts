import type { Knex } from 'knex';
import { likePattern } from '../lib/sql';
import type { JobAccess } from '../permissions/JobAccess';
import type { TenantScope } from '../permissions/TenantScope';

/** Names that are taken of each source. */
export const MOST = 50;

/** Reads the names that jobs and webhooks have; knex only. */
export class KnownStore {
  constructor(private readonly knex: Knex) {}

  /** Tenants for which jobs have run. */
  tenantsOfJobs(access: JobAccess, search?: string): Promise<string[]> {
    return this.names(
      this.knex('job_tenants')
        .join('jobs', 'jobs.id', 'job_tenants.job_id')
        .where(q => access.where(q, { tenant: 'job_tenants.tenant' })),
      'job_tenants.tenant',
      search,
    );
  }

  /** Tenants whose webhooks have failed. */
  tenantsOfWebhooks(scope: TenantScope, search?: string): Promise<string[]> {
    const failures = this.knex('webhook_failures');
    scope.where(failures, 'webhook_failures.tenant');
    return this.names(failures, 'webhook_failures.tenant', search);
  }

  /** Owners of jobs. */
  ownersOfJobs(access: JobAccess, search?: string): Promise<string[]> {
    return this.names(
      this.knex('jobs').where(q => access.where(q, { tenant: 'never' })),
      'jobs.owner',
      search,
    );
  }

  /** Names that contain a text; the text itself first, for it may be one of many. */
  private async names(
    query: Knex.QueryBuilder,
    column: string,
    search = '',
  ): Promise<string[]> {
    query
      .whereNot(column, '')
      .whereRaw("lower(??) like ? escape '\\'", [
        column,
        likePattern(search.toLowerCase()),
      ])
      .groupBy(column)
      .orderByRaw('case when ?? = ? then 0 else 1 end', [column, search])
      .orderBy(column)
      .limit(MOST);
    const rows: Array<{ name: string }> = await query.select({ name: column });
    return rows.map(row => row.name);
  }
}
