/**
 * The recorder: reports of runs become history.
 *
 * Reports come in batches, at least once each, late and in any order. A batch is one transaction.
 *
 *   lock         one batch at a time, over all replicas ({@link lockFor}), for two batches may
 *                touch the same job
 *   requests     what this portal wrote down when it requested runs ({@link requestsOf}): who, why,
 *                for what. Records are not believed in that, and one that gives a run to another
 *                job is left out
 *   transitions  the stored rows of the batch's runs are read, and the records of each run applied
 *                in the order of their ordinals ({@link transitionsOf}). A record whose ordinal is
 *                not above the stored one is left out, so repeated and overtaken reports change
 *                nothing
 *   executions   a guarded run that has a second start is noted with both ({@link
 *                recordExecutions}), also where no record is news
 *   recovery     retries are linked to what they retry; a failure whose retry succeeded has
 *                recovered ({@link recover})
 *   slots        the newest slot of each job that a run came for is noted, and where another
 *                scheduler fires the job, runs get the slot that they begin in ({@link noteSlots})
 *   rows         runs, log tails and search terms are written
 *   roll-ups     each transition takes back what the old row counted and adds what the new one
 *                counts: runs per day and their durations, error groups ({@link updateDays})
 *   views        the newest state of each touched job, and of each of its tenants, is brought up to
 *                date ({@link applyToView}), so that no list has to read the history
 *   hook         what else follows is written: refusals in the audit trail, counts of the queues
 *
 * After the commit the reports are acknowledged. A crash before the commit leaves nothing. A crash
 * after it means that the batch comes again and changes nothing: at least once on the wire, exactly
 * once in the database.
 *
 * All of it is computed in memory and written in a handful of statements, so that the cost grows
 * with the number of batches and touched jobs, not with the number of records.
 */
import type { Knex } from 'knex';
import { jobKeyOf } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  isPortalRunId,
  redactRunRecord,
  type RedactText,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { inTurn } from '../../lib/inTurn';
import { LOCKS, lockFor, storable, upsert, whereAnyOf } from '../../lib/sql';
import { undeclaredJob } from '../jobRow';
import { honourSlots, missSlot, noteSlots } from '../registry/slots';
import type { RecordedBatch, RunRecorder } from '../ports';
import { RUN_REQUESTS, type RunRequestRow } from '../runs/RunRequestStore';
import { isRequested, readDetail, RUNS, type RunRow } from '../runs/runRow';
import {
  loadJobs,
  loadTenants,
  newTenant,
  saveJobs,
  saveTenants,
  SEARCH_TERMS,
  type LoadedJob,
} from './JobViews';
import { recordExecutions } from './executions';
import { recover, type RunLookup } from './recovery';
import { updateDays, updateErrorGroups, type ErrorGroup } from './RollUps';
import { termsOf } from './terms';
import { transitionsOf, type Transition } from './transitions';
import { applyToView, emptyView } from './views';

/**
 * Writes what else follows from records that were news, in the transaction that records them.
 * @param rows - what the history holds of their runs now, by id
 */
export type RecordHook = (
  trx: Knex.Transaction,
  applied: RunRecord[],
  rows: ReadonlyMap<string, RunRow>,
) => Promise<unknown>;

/** As much of an error's words as the dictionary holds. */
const MAX_ERROR_TERM = 300;

export class DatabaseRunRecorder implements RunRecorder {
  /** within this process batches wait here rather than on a connection each */
  private readonly turn = inTurn();

  /**
   * @param redact - takes secrets out of errors and logs before they are stored, whoever sent them
   */
  constructor(
    private readonly knex: Knex,
    private readonly hook: RecordHook = async () => {},
    private readonly redact?: RedactText,
  ) {}

  record(given: RunRecord[]): Promise<RecordedBatch> {
    if (!given.length) return Promise.resolve({ applied: [], jobIds: [] });
    return this.inTransaction(trx => this.recordIn(trx, given, false));
  }

  /**
   * Records what some work answers, in the transaction in which the work is done. Its records say
   * all that is known of their runs, so they count also where their ordinal is that of the row.
   */
  restate(
    work: (trx: Knex.Transaction) => Promise<RunRecord[]>,
  ): Promise<RecordedBatch> {
    return this.inTransaction(async trx => {
      return this.recordIn(trx, await work(trx), true);
    });
  }

  private inTransaction<T>(
    work: (trx: Knex.Transaction) => Promise<T>,
  ): Promise<T> {
    return this.turn(() =>
      this.knex.transaction(async trx => {
        await lockFor(trx, LOCKS.history);
        return work(trx);
      }),
    );
  }

  private async recordIn(
    trx: Knex.Transaction,
    given: RunRecord[],
    restated: boolean,
  ): Promise<RecordedBatch> {
    if (!given.length) return { applied: [], jobIds: [] };
    const { redact } = this;
    const records = redact
      ? given.map(record => redactRunRecord(record, redact))
      : given;
    const { rows, ...batch } = await recordBatch(trx, records, restated);
    await this.hook(trx, batch.applied, rows);
    return batch;
  }
}

async function recordBatch(
  trx: Knex.Transaction,
  given: RunRecord[],
  restated: boolean,
): Promise<RecordedBatch & { rows: ReadonlyMap<string, RunRow> }> {
  const ids = new Set(given.map(record => record.id));
  const stored = new Map(
    (await RUNS.byIds(trx, [...ids])).map(row => [row.id, row]),
  );
  const requests = await requestsOf(trx, ids, stored);
  const records = ofOneJob(given, id => {
    return stored.get(id)?.job_id ?? requests.get(id)?.jobId;
  });
  const { transitions, applied } = transitionsOf(records, stored, {
    requests,
    restated,
  });
  const executedTwice = await recordExecutions(trx, records, [
    ...stored.values(),
  ]);
  if (!transitions.size) {
    return { applied: [], jobIds: executedTwice, rows: stored };
  }
  await recover(transitions, lookupIn(trx));

  const all = [...transitions.values()];
  const jobs = await loadTouched(trx, all);
  const now = Date.now();
  noteSlots(all, jobs, now);
  await upsert(
    trx,
    RUNS,
    ['id'],
    all.map(t => ({ ...t.row })),
  );
  await updateDays(trx, all);
  const begun = await updateErrorGroups(trx, all);
  await saveLogsAndTerms(trx, all, begun.map(errorWord));
  await updateViews(trx, all, jobs, now);
  return {
    applied,
    jobIds: [...new Set([...jobs.keys(), ...executedTwice])],
    rows: new Map(all.map(({ row }) => [row.id, row])),
  };
}

/** The jobs of some runs; those that nobody declared are made up. */
async function loadTouched(
  trx: Knex,
  all: Transition[],
): Promise<Map<string, LoadedJob>> {
  const jobs = await loadJobs(trx, [...new Set(all.map(t => t.row.job_id))]);
  for (const { row } of all) {
    if (!jobs.has(row.job_id)) addUndeclared(jobs, row);
  }
  return jobs;
}

/** What this portal requested, of runs whose row does not say it yet. */
async function requestsOf(
  trx: Knex,
  ids: ReadonlySet<string>,
  stored: ReadonlyMap<string, RunRow>,
): Promise<Map<string, RunRequestRow>> {
  const unknown = [...ids].filter(id => {
    const row = stored.get(id);
    return isPortalRunId(id) && !(row && isRequested(row));
  });
  const rows = await RUN_REQUESTS.byIds(trx, unknown);
  return new Map(rows.map(row => [row.id, row]));
}

/** The records without those that give a run to another job than it is known to be of. */
function ofOneJob(
  records: RunRecord[],
  knownJob: (runId: string) => string | undefined,
): RunRecord[] {
  const jobs = new Map<string, string>();
  return records.filter(record => {
    const { id } = record;
    const job = jobs.get(id) ?? knownJob(id) ?? jobIdOf(record);
    jobs.set(id, job);
    return job === jobIdOf(record);
  });
}

function jobIdOf({ engine, job: name }: RunRecord): string {
  return storable(jobId({ engine, name }));
}

/** Brings the newest state of the touched jobs, and of their tenants, up to date. */
async function updateViews(
  trx: Knex,
  all: Transition[],
  jobs: Map<string, LoadedJob>,
  now: number,
): Promise<void> {
  const keys = new Map<string, { job_id: string; tenant: string }>();
  for (const { row } of all) {
    if (row.tenant) {
      keys.set(keyOf(row), { job_id: row.job_id, tenant: row.tenant });
    }
  }
  const tenants = new Map(
    (await loadTenants(trx, [...keys.values()])).map(t => [
      `${t.jobId}\n${t.tenant}`,
      t,
    ]),
  );
  for (const { old, row } of all) {
    const job = jobs.get(row.job_id)!;
    applyToView(job.view, old, row);
    missSlot(job, row, now);
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
}

function keyOf(row: RunRow): string {
  return `${row.job_id}\n${row.tenant}`;
}

function addUndeclared(jobs: Map<string, LoadedJob>, row: RunRow): void {
  jobs.set(row.job_id, {
    row: undeclaredJob(jobKeyOf(row.job_id)),
    display: null,
    view: emptyView(),
  });
}

/** A word of the dictionary by which runs are found. */
type Word = Record<'kind' | 'term' | 'value', string>;

/**
 * An error is found by what all of its group have in common. How one run said it may name another
 * tenant's things, and a dictionary does not know who looks something up.
 */
function errorWord({ fingerprint, message }: ErrorGroup): Word {
  return {
    kind: 'error',
    term: storable(message.toLowerCase().slice(0, MAX_ERROR_TERM)),
    value: fingerprint,
  };
}

async function saveLogsAndTerms(
  trx: Knex,
  all: Transition[],
  errors: Word[],
): Promise<void> {
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
  const words: Word[] = [...errors];
  for (const { old, row } of all) {
    if (row.detail && row.detail !== old?.detail && !hadParameters(old)) {
      for (const term of termsOf(readDetail(row).parameters)) {
        terms.push({ term, sort_at: row.sort_at, run_id: row.id });
        words.push({ kind: 'parameter', term, value: term });
      }
    }
    if (row.triggered_by && isRequested(row) && !old?.triggered_by) {
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
    [...new Map(words.map(w => [JSON.stringify(w), w])).values()],
    [],
  );
}

function hadParameters(old: RunRow | undefined): boolean {
  return old !== undefined && readDetail(old).parameters !== undefined;
}

function lookupIn(trx: Knex): RunLookup {
  return {
    byIds: ids => RUNS.byIds(trx, ids),
    retriesOf: async ids => {
      const query = trx('runs')
        .select('id', 'retry_of', 'sort_at', 'status', 'recovered', 'dry_run')
        .whereNotNull('retry_of');
      const rows = await whereAnyOf(query, 'retry_of', ids);
      return rows.map(r => ({
        id: r.id,
        retry_of: r.retry_of,
        sort_at: Number(r.sort_at),
        good: !r.dry_run && (r.status === 'succeeded' || Boolean(r.recovered)),
      }));
    },
  };
}
