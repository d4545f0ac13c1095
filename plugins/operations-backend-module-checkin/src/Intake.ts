/**
 * The intake of reports. What arrives while a transaction is under way, or soon after one began, is
 * written by the next one together: so many reports cost few transactions, and a single one waits
 * for nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  CheckinClaimed,
  CheckinReceipt,
  JobFacts,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  EngineIntake,
  EngineReports,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  reportedRunId,
  type LogTail,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobRegistration } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import { chooseEntity } from './catalog/chooseEntity';
import type { EntitiesOfJobs, JobEntities } from './catalog/JobEntities';
import { registrationAfter, type JobSaid } from './declaration';
import { joinFacts, type RunFacts } from './runs/facts';
import { ClaimStore } from './runs/ClaimStore';
import { FactStore, type StoredRun } from './runs/FactStore';
import { deadlineOf, ENGINE, lostRecordOf, recordOf } from './runs/record';
import type { CheckinSettings } from './settings';
import { claimableSlot } from './slots';
import { ownerAfter } from './subjects';

/** A report as it came. */
export interface Report {
  job: string;
  /** the caller's own id of the run */
  run: string;
  subject?: string;
  /** what it says of the job */
  about: JobFacts & { tenant?: string };
  /** what it says of the run */
  facts: RunFacts;
  /** the last lines of the log */
  tail?: LogTail;
}

interface Waiting {
  report: Report;
  resolve(receipt: CheckinReceipt): void;
  reject(error: unknown): void;
}

/** The jobs' registrations and runs as they are while a batch is taken. */
interface Batch {
  /** absent: not known */
  entities?: EntitiesOfJobs;
  registrations: Map<string, JobRegistration>;
  declared: Set<string>;
  stored: Map<string, StoredRun>;
  changed: Map<string, LogTail | undefined>;
  /** jobs that may still come into being */
  room: () => Promise<number>;
}

const MAX_BATCH = 500;
/** Between the beginnings of two transactions: as much longer an answer may take. */
const APART_MS = 12;
/** After so many in a row that cannot be written, the database is taken for away. */
const MAX_FAILURES = 3;
const OVERDUE_AT_ONCE = 500;
/** How long reports of one run may be apart after its end. */
const KEEP_MS = 7 * 24 * 3600_000;

export class Intake {
  private waiting: Waiting[] = [];
  private working = false;
  private lastBegan = -Infinity;

  constructor(
    private readonly portal: EngineIntake,
    private readonly settings: CheckinSettings,
    private readonly entities: Pick<JobEntities, 'known'>,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes a report; answers once it is in the database.
   * @throws NotAllowedError, NotFoundError, InputError, ConflictError; errors of the database
   */
  report(report: Report): Promise<CheckinReceipt> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ report, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  /**
   * Claims the slot of the schedule that a run begins in; it has begun then. What is refused is in
   * the history too.
   *
   * @param execution - whoever repeats a claim names the same one
   * @throws ConflictError with the reason why the run may not start; and as {@link report}
   */
  async claim(report: Report, execution: string): Promise<CheckinClaimed> {
    let slot: number | undefined;
    let refusal: Error | undefined;
    const entities = await this.entities.known();
    const runId = idOf(report);
    await this.portal.take(async trx => {
      refusal = undefined;
      const state = await this.load(trx, [report], entities);
      const registration = await this.declaredBy(state, report);
      try {
        slot = await this.slotFor(trx, registration, runId, execution);
        await this.takeIn(state, report);
      } catch (error) {
        if ((error as Error).name !== 'ConflictError') throw error;
        refusal = error as Error;
        // what is known of the run by another execution stays as it is
        const isNew = !state.stored.has(runId);
        if (isNew) await this.takeIn(state, notStarted(report, refusal));
      }
      return this.write(trx, state);
    });
    if (refusal) throw refusal;
    return {
      ...{ jobId: `${ENGINE}/${report.job}`, runId, state: 'running' },
      slot: new Date(slot!).toISOString(),
    };
  }

  private async slotFor(
    trx: Knex,
    registration: JobRegistration,
    runId: string,
    execution: string,
  ): Promise<number> {
    const claims = new ClaimStore(trx);
    const { name } = registration;
    const now = this.now();
    const own = await claims.ofRun(runId);
    const holder =
      own ??
      (await claims.claim(name, {
        ...{ runId, execution },
        slot: await this.freeSlot(claims, registration, runId, now),
      }));
    if (holder.execution === execution) return holder.slot;
    throw new ConflictError(
      `The run ${holder.runId} has the slot ${new Date(
        holder.slot,
      ).toISOString()}`,
    );
  }

  private async freeSlot(
    claims: ClaimStore,
    registration: JobRegistration,
    runId: string,
    now: number,
  ): Promise<number> {
    const slot = claimableSlot(registration, now);
    const other = await claims.underWay(registration.name, runId);
    if (other) throw new ConflictError(`The run ${other} is still under way`);
    return slot;
  }

  /** Ends, as lost, the runs whose end nobody reported in time. @returns how many */
  async loseOverdue(): Promise<number> {
    const now = this.now();
    let count = 0;
    await this.portal.take(async trx => {
      const store = new FactStore(trx);
      const overdue = await store.overdue(now, OVERDUE_AT_ONCE);
      count = overdue.length;
      const registrations = await this.portal.registrationsOf(trx, [
        ...new Set(overdue.map(({ job }) => job)),
      ]);
      await store.save(
        overdue.map(({ deadline: _, ...run }) => run),
        now,
      );
      return {
        registrations: [],
        records: overdue.map(run => {
          const registration = registrations.get(run.job);
          const schedule = registration?.schedule ?? null;
          return lostRecordOf(recordOf(run, run.facts, { schedule }), now);
        }),
      };
    });
    return count;
  }

  /** Forgets what is known of runs that ended long ago; their history stays. */
  async prune(db: Knex): Promise<void> {
    const before = this.now() - KEEP_MS;
    await new FactStore(db).prune(before);
    await new ClaimStore(db).prune(before);
  }

  private async work() {
    this.working = true;
    // what comes in the same turn of the event loop belongs together
    await Promise.resolve();
    while (this.waiting.length) {
      const early = this.lastBegan + APART_MS - performance.now();
      if (early > 0) await wait(early);
      this.lastBegan = performance.now();
      const batch = this.waiting.splice(0, MAX_BATCH);
      try {
        await this.takeAll(batch);
      } catch (error) {
        if (batch.length === 1) batch[0].reject(error);
        else await this.takeOneByOne(batch);
      }
    }
    this.working = false;
  }

  /**
   * One that the database refuses must not hold up the others; a database that is away is not asked
   * again for each.
   */
  private async takeOneByOne(batch: Waiting[]) {
    let failures = 0;
    let last: unknown;
    for (const one of batch) {
      if (failures >= MAX_FAILURES) {
        one.reject(last);
        continue;
      }
      try {
        await this.takeAll([one]);
        failures = 0;
      } catch (error) {
        one.reject(error);
        failures += 1;
        last = error;
      }
    }
  }

  private async takeAll(batch: Waiting[]) {
    const taken: Array<{ one: Waiting; runId: string }> = [];
    const refused: Array<{ one: Waiting; error: unknown }> = [];
    const entities = await this.entities.known();
    await this.portal.take(async trx => {
      const reports = batch.map(({ report }) => report);
      const state = await this.load(trx, reports, entities);
      for (const one of batch) {
        try {
          taken.push({ one, runId: await this.takeIn(state, one.report) });
        } catch (error) {
          refused.push({ one, error });
        }
      }
      return this.write(trx, state);
    });
    const states = await this.portal.statesOf(taken.map(({ runId }) => runId));
    refused.forEach(({ one, error }) => one.reject(error));
    for (const { one, runId } of taken) {
      const jobId = `${ENGINE}/${one.report.job}`;
      one.resolve({ jobId, runId, state: states.get(runId)! });
    }
  }

  private async load(
    trx: Knex,
    reports: Report[],
    entities: EntitiesOfJobs | undefined,
  ): Promise<Batch> {
    const names = new Set(reports.map(({ job }) => job));
    const ids = new Set(reports.map(idOf));
    let counted: number | undefined;
    const registrations = await this.portal.registrationsOf(trx, [...names]);
    const before = registrations.size;
    return {
      entities,
      registrations,
      declared: new Set(),
      stored: await new FactStore(trx).byIds([...ids]),
      changed: new Map(),
      room: async () => {
        counted ??= await this.portal.countJobs(trx);
        const added = registrations.size - before;
        return this.settings.maxJobs - counted - added;
      },
    };
  }

  /**
   * The registration of a report's job after the report.
   * @throws NotAllowedError, NotFoundError, InputError, ConflictError
   */
  private async declaredBy(
    batch: Batch,
    { job, about, facts, subject }: Report,
  ): Promise<JobRegistration> {
    const known = batch.registrations.get(job);
    const candidates = batch.entities?.get(job) ?? [];
    const entity = chooseEntity(candidates, known);
    const owner = ownerAfter(
      this.settings.subjects.get(subject ?? ''),
      job,
      entity?.owner ?? (known && (known.owner ?? '').toLowerCase()),
      about.owner,
    );
    if (!known) await this.assertMayCreate(batch, job);
    const at = facts.end?.at ?? facts.since;
    const said: JobSaid = { ...about };
    if (batch.entities) Object.assign(said, entity ?? { entityRef: null });
    return registrationAfter(known, job, said, owner, at);
  }

  /** @returns id of the run */
  private async takeIn(batch: Batch, report: Report): Promise<string> {
    const { job } = report;
    const after = await this.declaredBy(batch, report);
    const runId = idOf(report);
    const stored = batch.stored.get(runId);
    const facts = joinFacts(stored?.facts, report.facts);

    if (after !== batch.registrations.get(job)) {
      batch.registrations.set(job, after);
      batch.declared.add(job);
    }
    const isNews = JSON.stringify(facts) !== JSON.stringify(stored?.facts);
    if (isNews) {
      batch.changed.set(runId, report.tail ?? batch.changed.get(runId));
      batch.stored.set(runId, {
        ...{ runId, job, reported: report.run, facts },
        deadline: deadlineOf(facts, after, this.settings.lostAfterMs),
      });
    }
    return runId;
  }

  private async assertMayCreate(batch: Batch, job: string) {
    const { createJobs, maxJobs } = this.settings;
    if (!createJobs) {
      throw new NotFoundError(
        `There is no job ${job}, and reports make none here (operations.checkin.createJobs)`,
      );
    }
    if ((await batch.room()) > 0) return;
    throw new ConflictError(
      `Reports have made ${maxJobs} jobs, as many as they may (operations.checkin.maxJobs)`,
    );
  }

  private async write(trx: Knex, batch: Batch): Promise<EngineReports> {
    const changed = [...batch.changed.keys()].map(
      runId => batch.stored.get(runId)!,
    );
    await new FactStore(trx).save(changed, this.now());
    return {
      registrations: [...batch.declared].map(
        name => batch.registrations.get(name)!,
      ),
      records: changed.map(run =>
        recordOf(
          run,
          run.facts,
          batch.registrations.get(run.job)!,
          batch.changed.get(run.runId),
        ),
      ),
    };
  }
}

/** The report of a run that its guard does not start. */
function notStarted(report: Report, { message }: Error): Report {
  const { startedAt: _, ...facts } = report.facts;
  const end = { at: facts.since, outcome: 'not-started' as const, message };
  return { ...report, facts: { ...facts, end } };
}

function idOf({ job, run }: Report): string {
  return reportedRunId(job, run);
}
