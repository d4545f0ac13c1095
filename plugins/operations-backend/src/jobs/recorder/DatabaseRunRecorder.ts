import type { Knex } from 'knex';
import {
  redactRunRecord,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { type RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { LOCKS, lockFor, upsert, whereAnyOf } from '../../lib/sql';
import { undeclaredJob } from '../jobRow';
import { honourSlots } from '../registry/slots';
import type { RecordedBatch, RunRecorder } from '../ports';
import { readDetail, RUNS, type RunRow } from '../runs/runRow';
import {
  loadJobs,
  loadTenants,
  newTenant,
  saveJobs,
  saveTenants,
  SEARCH_TERMS,
  type LoadedJob,
} from './JobViews';
import { recover, type RunLookup } from './recovery';
import { updateDays, updateErrorGroups } from './RollUps';
import { termsOf } from './terms';
import { transitionsOf, type Transition } from './transitions';
import { applyToView, emptyView } from './views';

/** What is written in the transaction of a batch, given the records that were news. */
export type Alongside = (
  trx: Knex.Transaction,
  applied: RunRecord[],
) => Promise<unknown>;

/**
 * Writes batches of run records. What a batch changes is worked out in memory from the stored rows
 * of its runs and written in a handful of statements, so that the cost goes with the number of
 * batches and touched jobs, not of records.
 */
export class DatabaseRunRecorder implements RunRecorder {
  private readonly knex: Knex;
  private readonly alongside: Alongside;
  private readonly redact: RedactText | undefined;
  /** within this process batches wait here rather than on a connection each */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param alongside - writes what else follows from news, in the same transaction
   * @param redact - takes secrets out of errors and logs before they are stored, whatever sent them
   */
  constructor(
    knex: Knex,
    alongside: Alongside = async () => {},
    redact?: RedactText,
  ) {
    this.redact = redact;
    this.knex = knex;
    this.alongside = alongside;
  }

  record(given: RunRecord[]): Promise<RecordedBatch> {
    const { redact } = this;
    const records = redact
      ? given.map(record => redactRunRecord(record, redact))
      : given;
    const result = this.last.then(() =>
      records.length
        ? this.knex.transaction(async trx => {
            const batch = await recordBatch(trx, records);
            await this.alongside(trx, batch.applied);
            return batch;
          })
        : { applied: [], jobIds: [] },
    );
    this.last = result.catch(() => undefined);
    return result;
  }
}

async function recordBatch(
  trx: Knex.Transaction,
  records: RunRecord[],
): Promise<RecordedBatch> {
  await lockFor(trx, LOCKS.history);
  const stored = await runsById(trx, [...new Set(records.map(r => r.id))]);
  const { transitions, applied } = transitionsOf(
    records,
    new Map(stored.map(r => [r.id, r])),
  );
  if (!transitions.size) return { applied: [], jobIds: [] };
  await recover(transitions, lookupIn(trx));

  const all = [...transitions.values()];
  await upsert(
    trx,
    RUNS,
    ['id'],
    all.map(t => ({ ...t.row })),
  );
  await saveLogsAndTerms(trx, all);
  await updateDays(trx, all);
  await updateErrorGroups(trx, all);
  const jobIds = await updateViews(trx, all);
  return { applied, jobIds };
}

/** Brings the newest state of the touched jobs, and of their tenants, up to date. */
async function updateViews(trx: Knex, all: Transition[]): Promise<string[]> {
  const ids = new Set<string>();
  const keys = new Map<string, { job_id: string; tenant: string }>();
  for (const { row } of all) {
    ids.add(row.job_id);
    if (row.tenant) {
      keys.set(keyOf(row), { job_id: row.job_id, tenant: row.tenant });
    }
  }
  const jobs = await loadJobs(trx, [...ids]);
  const tenants = new Map(
    (await loadTenants(trx, [...keys.values()])).map(t => [
      `${t.jobId}\n${t.tenant}`,
      t,
    ]),
  );
  for (const { old, row } of all) {
    const job = jobs.get(row.job_id) ?? addUndeclared(jobs, row);
    applyToView(job.view, old, row);
    honourSlots(job);
    if (row.tenant) {
      const key = keyOf(row);
      const tenant =
        tenants.get(key) ?? newTenant(row.job_id, row.tenant, false);
      tenants.set(key, tenant);
      // a run whose tenant was not known before is new to the tenant
      applyToView(tenant.view, old?.tenant ? old : undefined, row);
    }
  }
  await saveTenants(trx, [...tenants.values()], jobs);
  await saveJobs(trx, [...jobs.values()]);
  return [...ids];
}

function keyOf(row: RunRow): string {
  return `${row.job_id}\n${row.tenant}`;
}

function addUndeclared(jobs: Map<string, LoadedJob>, row: RunRow): LoadedJob {
  const [engine, ...name] = row.job_id.split('/');
  const job = {
    row: undeclaredJob({ engine, name: name.join('/') }),
    display: null,
    view: emptyView(),
  };
  jobs.set(row.job_id, job);
  return job;
}

async function saveLogsAndTerms(trx: Knex, all: Transition[]): Promise<void> {
  await upsert(
    trx,
    {
      name: 'run_logs',
      columns: { run_id: 'text', total_lines: 'int', lines: 'text' },
    },
    ['run_id'],
    all.flatMap(({ row, record }) =>
      record?.log?.lines.length
        ? [
            {
              run_id: row.id,
              total_lines: record.log.totalLines,
              lines: JSON.stringify(record.log.lines),
            },
          ]
        : [],
    ),
  );

  const terms: Array<{ term: string; sort_at: number; run_id: string }> = [];
  const words: Array<{ kind: string; term: string; value: string }> = [];
  for (const { old, row } of all) {
    if (row.detail && row.detail !== old?.detail && !hadParameters(old)) {
      for (const term of termsOf(readDetail(row).parameters)) {
        terms.push({ term, sort_at: row.sort_at, run_id: row.id });
        words.push({ kind: 'parameter', term, value: term });
      }
    }
    if (row.triggered_by && !old?.triggered_by) {
      words.push({
        kind: 'operator',
        term: row.triggered_by.toLowerCase(),
        value: row.triggered_by,
      });
    }
  }
  await upsert(
    trx,
    {
      name: 'run_terms',
      columns: { term: 'text', sort_at: 'bigint', run_id: 'text' },
    },
    ['term', 'sort_at', 'run_id'],
    terms,
    [],
  );
  await upsert(
    trx,
    SEARCH_TERMS,
    ['kind', 'term', 'value'],
    [...new Map(words.map(w => [`${w.kind}\n${w.value}`, w])).values()],
    [],
  );
}

function hadParameters(old: RunRow | undefined): boolean {
  return old !== undefined && readDetail(old).parameters !== undefined;
}

async function runsById(trx: Knex, ids: string[]): Promise<RunRow[]> {
  const query = trx('runs').select('runs.*');
  whereAnyOf(trx, query, 'runs.id', ids);
  return (await query).map(RUNS.read);
}

function lookupIn(trx: Knex): RunLookup {
  return {
    byIds: ids => runsById(trx, ids),
    retriesOf: async ids => {
      const query = trx('runs')
        .select('id', 'retry_of', 'sort_at', 'status', 'recovered')
        .whereNotNull('retry_of');
      whereAnyOf(trx, query, 'retry_of', ids);
      return (await query).map(r => ({
        id: r.id,
        retry_of: r.retry_of,
        sort_at: Number(r.sort_at),
        good: r.status === 'succeeded' || Boolean(r.recovered),
      }));
    },
  };
}
