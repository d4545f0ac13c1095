/**
 * Which runs a filter asks for, as SQL. The history grows without end, so no query may walk through
 * it until it has found enough: each reads along an index that holds little besides what is asked
 * for. One part of the filter, the rarest by its nature, leads, with a branch (a query) for each of
 * its values; the rest are conditions on what is read. A page is the newest of all branches.
 */
import type { Knex } from 'knex';
import {
  RUN_AGES,
  RUN_DURATIONS,
  type RunDuration,
  type RunFilter,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { MAX_BRANCHES } from '../jobs/runs/pageOfRuns';
import { RUNS } from '../jobs/runs/runRow';
import { whereAnyOf } from '../lib/sql';
import { HOUR_MS } from '../lib/time';
import type { JobAccess } from '../permissions/JobAccess';
import { lookUp, whereNamed, type Found, type Word } from './dictionary';

/** What facets count, and the column of each. */
export const DIMENSIONS = {
  status: 'status',
  job: 'job_id',
  tenant: 'tenant',
  trigger: 'trigger',
  operator: 'triggered_by',
  group: 'fingerprint',
} as const;
export type Dimension = keyof typeof DIMENSIONS | 'owner' | 'duration';

/** What is asked for, and by whom. */
export interface Asked {
  filter: RunFilter;
  /** what the caller may see, or do */
  access: JobAccess;
  /** epoch ms that `age` counts back from */
  now: number;
  /** only what was there at this time, epoch ms */
  asOf?: number;
}

/** A filter whose words, owners and rights are looked up. */
export interface Selection extends Asked {
  found?: Found;
  /** the jobs of the owners asked for */
  owned?: string[];
  /** what the caller sees, where that is a part: whole jobs, and tenants of others */
  seen?: { jobs: string[]; tenants: string[] };
}

export async function select(knex: Knex, asked: Asked): Promise<Selection> {
  const { filter, access } = asked;
  const [found, owned, seen] = await Promise.all([
    filter.search ? lookUp(knex, filter.search, MAX_BRANCHES) : undefined,
    filter.owner
      ? whereAnyOf(
          knex('jobs'),
          'owner',
          filter.owner.map(owner => owner.toLowerCase()),
        ).pluck('id')
      : undefined,
    access.isEverything ? undefined : seenBy(knex, access),
  ]);
  return { ...asked, found, owned, seen };
}

/** Few whole jobs and few tenants; nothing where they are many, since then they are met soon. */
async function seenBy(
  knex: Knex,
  access: JobAccess,
): Promise<Selection['seen']> {
  const { tenants } = access;
  if (!tenants) return undefined;
  const jobs = await knex('jobs')
    .where(q => access.where(q, { tenant: 'never' }))
    .limit(MAX_BRANCHES + 1)
    .pluck('id');
  return jobs.length + tenants.length > MAX_BRANCHES
    ? undefined
    : { jobs, tenants };
}

/** Queries on `runs`, of which the runs asked for are the union. */
export interface Branches {
  queries: Knex.QueryBuilder[];
  /** one run may be found by several */
  distinct: boolean;
}

/** A condition that leads, by an index of its own. */
type Lead = (query: Knex.QueryBuilder) => void;

/** @param without - a part of the filter that is left out, to count what it could be */
export function branchesOf(
  knex: Knex,
  selection: Selection,
  without?: Dimension,
): Branches {
  const { found } = selection;
  const base = () => {
    const query = knex('runs');
    whereAsked(query, selection, without);
    return query;
  };
  const leads = found
    ? leadsOfSearch(knex, selection, found, without)
    : leadsOf(selection, without);
  return {
    queries: leads.map(lead => {
      const query = base();
      lead(query);
      return query;
    }),
    distinct: found !== undefined || selection.seen !== undefined,
  };
}

const equals =
  (column: string) =>
  (value: string): Lead =>
  query =>
    query.where(`runs.${column}`, value);

function byId(search: string): Lead {
  return query =>
    query
      .where('runs.id', '>=', search)
      .where('runs.id', '<', `${search}\u{10ffff}`);
}

/** What is found leads; what is common among it is found along what would lead without a search. */
function leadsOfSearch(
  knex: Knex,
  selection: Selection,
  { words, common }: Found,
  without: Dimension | undefined,
): Lead[] {
  const search = selection.filter.search!;
  const along = common.length ? leadsOf(selection, without) : [];
  return [
    ...words.map(word => leadOfWord(knex, word)),
    byId(search),
    ...along.map(
      (lead): Lead =>
        query => {
          lead(query);
          whereNamed(knex, query, common, search);
        },
    ),
  ];
}

function leadOfWord(knex: Knex, word: Word): Lead {
  if ('column' in word) return equals(word.column)(word.value);
  // with the places that the index of the terms has, so that it gives the runs in order
  const ofTerm = knex('run_terms')
    .where('run_terms.term', word.value)
    .join('runs', 'runs.id', 'run_terms.run_id')
    .select('run_terms.run_id as id', 'run_terms.sort_at')
    .select(RUNS.columnsExcept('id', 'sort_at', 'detail'));
  return query => query.from(ofTerm.as('runs'));
}

/** The part of the filter that leads; where none is rare, the list itself. */
function leadsOf(
  { filter, seen, owned }: Selection,
  without: Dimension | undefined,
): Lead[] {
  const of = <D extends Dimension>(dimension: D) =>
    dimension === without ? undefined : filter[dimension];
  const few = <T>(values: T[] | undefined): values is T[] =>
    values !== undefined && values.length <= MAX_BRANCHES;

  const jobs = of('job') ?? (without === 'owner' ? undefined : owned);
  const unusual = leadsOfUnusual(of('status'), of('trigger'), of('duration'));
  const group = of('group');
  if (seen) {
    const tenants = of('tenant')?.filter(t => seen.tenants.includes(t));
    const leads =
      tenants && !seen.jobs.length
        ? tenants.map(equals('tenant'))
        : [
            ...seen.tenants.map(equals('tenant')),
            ...seen.jobs.map(equals('job_id')),
          ];
    return crossed(leads, of('status'));
  }
  if (few(group)) return group.map(equals('fingerprint'));
  const operators = of('operator');
  if (few(operators)) return operators.map(equals('triggered_by'));
  const tenants = of('tenant');
  if (few(tenants)) return crossed(tenants.map(equals('tenant')), of('status'));
  if (few(jobs)) return crossed(jobs.map(equals('job_id')), of('status'));
  return unusual ?? [() => {}];
}

/**
 * By what is not usual of runs. The literal conditions are those of the partial indexes: SQLite
 * uses them only if it reads them in the query.
 */
function leadsOfUnusual(
  status: string[] | undefined,
  trigger: string[] | undefined,
  duration: RunDuration[] | undefined,
): Lead[] | undefined {
  if (status && !status.includes('succeeded'))
    return crossed([() => {}], status);
  if (trigger && !trigger.includes('schedule')) {
    return trigger.map(value => query => {
      query.where('runs.trigger', value);
      query.whereRaw(`runs.trigger <> 'schedule'`);
    });
  }
  if (duration?.every(d => RUN_DURATIONS[d] >= RUN_DURATIONS['1m'])) {
    return [query => query.whereRaw('runs.duration_ms >= 60000')];
  }
  return undefined;
}

/** Each lead with each status, where an index has both. */
function crossed(leads: Lead[], status: string[] | undefined): Lead[] {
  if (!status || status.includes('succeeded')) return leads;
  if (leads.length * status.length > MAX_BRANCHES) return leads;
  return status.flatMap(value =>
    leads.map(
      (lead): Lead =>
        query => {
          lead(query);
          query.where('runs.status', value);
          query.whereRaw(`runs.status <> 'succeeded'`);
        },
    ),
  );
}

/** Adds all conditions, whichever of them leads. */
function whereAsked(
  query: Knex.QueryBuilder,
  { filter, access, now, asOf, owned }: Selection,
  without: Dimension | undefined,
): void {
  query.where(q =>
    access.where(q, { tenant: 'runs.tenant', jobId: 'runs.job_id' }),
  );
  for (const [name, column] of Object.entries(DIMENSIONS)) {
    const values = filter[name as keyof typeof DIMENSIONS];
    if (!values || name === without) continue;
    if (values.length === 1) query.where(`runs.${column}`, values[0]);
    else whereAnyOf(query, `runs.${column}`, values);
  }
  if (owned && without !== 'owner') whereAnyOf(query, 'runs.job_id', owned);
  if (filter.duration && without !== 'duration') {
    whereDuration(query, filter.duration);
  }
  const since = filter.age ? now - RUN_AGES[filter.age] * HOUR_MS : 0;
  const from = Math.max(since, filter.from ? Date.parse(filter.from) : 0);
  if (from > 0) query.where('runs.sort_at', '>=', from);
  if (filter.to) query.where('runs.sort_at', '<', Date.parse(filter.to));
  if (asOf !== undefined) query.where('runs.sort_at', '<=', asOf);
}

const BEGINNINGS = Object.values(RUN_DURATIONS) as number[];

function whereDuration(query: Knex.QueryBuilder, classes: RunDuration[]): void {
  query.where(any => {
    for (const one of classes) {
      const from: number = RUN_DURATIONS[one];
      const to = BEGINNINGS[BEGINNINGS.indexOf(from) + 1];
      any.orWhere(q => {
        q.where('runs.duration_ms', '>=', from);
        if (to !== undefined) q.where('runs.duration_ms', '<', to);
      });
    }
  });
}

/** SQL of the class of a duration, by the milliseconds at which it begins. */
export function durationClass(column: string): string {
  const cases = [...BEGINNINGS]
    .reverse()
    .map(from => `when ${column} >= ${from} then ${from}`);
  return `case ${cases.join(' ')} end`;
}
