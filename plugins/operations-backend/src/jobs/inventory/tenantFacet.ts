import type { Knex } from 'knex';
import type { JobsQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import { int } from '../../lib/sql';
import type { JobAccess } from '../../permissions/JobAccess';
import type { Facets } from './facets';
import { whereFilters, whereMatch, type Match } from './matching';
import type { Scope } from './scope';

/** The facet names at most so many tenants, those with most jobs first. */
const MAX_TENANTS = 500;
/**
 * Under filters that leave more pairs of job and tenant than this, the facet counts all jobs of a
 * tenant, not only those that match: counting them would cost what the whole page may cost.
 */
const MAX_COUNTED = 2_000;

/** What a search has found out before: {@link whereMatch}, {@link pairsOf}. */
interface Found {
  matches?: Match[];
  pairs?: number;
}

/** How many jobs each tenant has under the filters, the tenant's own left out. One query. */
export async function tenantFacet(
  knex: Knex,
  query: JobsQuery,
  access: JobAccess,
  scope: Scope,
  { matches, pairs }: Found,
): Promise<Facets['tenant']> {
  const ofAll = () => knex('tenants').where('job_count', '>', 0);
  const rows: Array<Record<string, unknown>> =
    access.isEverything && (isUnfiltered(query) || (pairs ?? 0) > MAX_COUNTED)
      ? await mostFirst(ofAll().select('tenant', 'job_count as count'))
      : await mostFirst(counted(knex, query, access, scope, matches, ofAll));
  return rows.map(row => ({
    value: String(row.tenant),
    count: int(row.count),
  }));
}

function counted(
  knex: Knex,
  query: JobsQuery,
  access: JobAccess,
  scope: Scope,
  matches: Match[] | undefined,
  ofAll: () => Knex.QueryBuilder,
): Knex.QueryBuilder {
  // From the jobs to their tenants, in this order: the filters are on jobs, and select few of them.
  const found = knex('jobs')
    .crossJoin(knex.raw('job_tenants'))
    .whereRaw('job_tenants.job_id = jobs.id')
    .where(q => scope.whereTenantVisible(knex, q))
    .select('job_tenants.tenant');
  whereMatch(knex, found, query, matches);
  whereFilters(knex, found, query, 'job_tenants');
  // What one may see in part only is counted to the end: a total of all would tell of what one may
  // not see.
  if (access.isEverything) found.limit(MAX_COUNTED + 1);
  const all = knex
    .queryBuilder()
    .with('found', found)
    .with(
      'counted',
      knex('found').select('tenant').count('* as count').groupBy('tenant'),
    );
  if (!access.isEverything) return all.from('counted').select('*');
  const TOO_MANY = '(select count(*) from found) > ?';
  return all
    .from('counted')
    .select('tenant', 'count')
    .whereRaw(`not ${TOO_MANY}`, [MAX_COUNTED])
    .unionAll(
      ofAll()
        .select('tenant', 'job_count as count')
        .whereRaw(TOO_MANY, [MAX_COUNTED]),
    );
}

/** Those with most jobs. */
function mostFirst(counts: Knex.QueryBuilder): Knex.QueryBuilder {
  return counts
    .orderBy([{ column: 'count', order: 'desc' }, { column: 'tenant' }])
    .limit(MAX_TENANTS);
}

function isUnfiltered(query: JobsQuery): boolean {
  return (
    !query.search &&
    !query.owner &&
    !query.schedule &&
    !query.status &&
    !query.tag
  );
}
