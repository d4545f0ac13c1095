/**
 * What a caller sees of the inventory, as SQL. A caller who sees whole jobs reads the table `jobs`
 * as it is. One who sees, or asks for, some tenants reads the same columns made from these tenants'
 * rows: the newest of their runs, how many of them fail. Either way it is a relation with one row
 * per job.
 */
import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { whereAnyOf } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';

/**
 * Columns of the relation `seen`, under the names they have in `jobs`, in the order of the union
 * below.
 */
const SEEN = [
  'last_status',
  'status_rank',
  'last_run_at',
  'last_run_id',
  'attention',
  'p95_ms',
  'active_count',
  'tenant_count',
  'failing_tenant_count',
  'failure_streak',
] as const;

export interface Scope {
  /** whether rows are made from tenants' rows */
  byTenant: boolean;
  /** prefix of the columns of {@link SEEN} */
  seen: 'jobs' | 'seen';
  /**
   * a query over `jobs`, with `seen` joined where by tenant, restricted to what the caller may see
   */
  from(knex: Knex): Knex.QueryBuilder;
  /** adds the relation `seen` to the outermost query, where there is one */
  withSeen(knex: Knex, query: Knex.QueryBuilder): Knex.QueryBuilder;
  /**
   * rows of `job_tenants` (joined with `jobs`) that the caller may see, whether or not a tenant is
   * asked for
   */
  whereTenantVisible(query: Knex.QueryBuilder): void;
}

/** @param tenants - tenants asked for; none: all */
export function inventoryScope(access: JobAccess, tenants?: string[]): Scope {
  const whereTenantVisible = (query: Knex.QueryBuilder) =>
    access.where(query, { tenant: 'job_tenants.tenant' });

  if (!tenants?.length && !access.isByTenant) {
    return {
      byTenant: false,
      seen: 'jobs',
      from: knex =>
        knex('jobs').where(q => access.where(q, { tenant: 'never' })),
      withSeen: (_, query) => query,
      whereTenantVisible,
    };
  }
  return {
    byTenant: true,
    seen: 'seen',
    from: knex =>
      knex('jobs')
        .join('seen', 'seen.job_id', 'jobs.id')
        .where('seen.place', 1),
    withSeen: (knex, query) =>
      query.with('seen', q => seenByTenant(knex, q, access, tenants)),
    whereTenantVisible,
  };
}

/**
 * The rows of the tenants, numbered per job from the newest run on (`place`), and the counts over
 * them. The first twenty places hold the newest twenty runs of these tenants, whatever their
 * number.
 */
function seenByTenant(
  knex: Knex,
  query: Knex.QueryBuilder,
  access: JobAccess,
  tenants: string[] | undefined,
): void {
  const over = 'over (partition by job_tenants.job_id)';
  query
    .from('job_tenants')
    .join('jobs', 'jobs.id', 'job_tenants.job_id')
    .select(
      'job_tenants.job_id',
      'job_tenants.tenant',
      'job_tenants.last_status',
      'job_tenants.status_rank',
      'job_tenants.last_run_at',
      'job_tenants.last_run_id',
      knex.raw(`min(job_tenants.attention) ${over} as attention`),
      knex.raw(`max(job_tenants.p95_ms) ${over} as p95_ms`),
      knex.raw(`sum(job_tenants.active_count) ${over} as active_count`),
      knex.raw(`count(*) ${over} as tenant_count`),
      knex.raw(`sum(job_tenants.failing) ${over} as failing_tenant_count`),
      knex.raw(`max(job_tenants.failure_streak) ${over} as failure_streak`),
      knex.raw(
        'row_number() over (partition by job_tenants.job_id order by job_tenants.last_run_at desc, job_tenants.last_run_id desc) as place',
      ),
    )
    .where(q => access.where(q, { tenant: 'job_tenants.tenant' }));
  if (tenants?.length) {
    whereAnyOf(query, 'job_tenants.tenant', tenants);
    return;
  }
  // Jobs that the caller sees whole (say, as their owner) are taken as they are, with what belongs
  // to no tenant.
  query.whereNot(q => access.where(q, { tenant: 'never' }));
  query.unionAll(
    knex('jobs')
      .select(
        'jobs.id as job_id',
        knex.raw('null as tenant'),
        ...SEEN.map(column => `jobs.${column}`),
        knex.raw('1 as place'),
      )
      .where(q => access.where(q, { tenant: 'never' })),
  );
}

/** The column that a page is sorted by, where the scope has it. */
export function sortOf(
  { sort }: JobsQuery,
  scope: Scope,
): { column: string; type: 'string' | 'number' } {
  switch (sort) {
    case 'name':
    case 'owner':
      return { column: `jobs.${sort}`, type: 'string' };
    case 'nextRun':
      return { column: 'jobs.next_run_at', type: 'number' };
    default: {
      const name = {
        attention: 'attention',
        status: 'status_rank',
        lastRun: 'last_run_at',
        duration: 'p95_ms',
      }[sort];
      return { column: `${scope.seen}.${name}`, type: 'number' };
    }
  }
}
