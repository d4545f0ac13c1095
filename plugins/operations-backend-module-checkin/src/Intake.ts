/**
 * The intake of reports. Requests that arrive while a transaction is under way are written by the
 * next one together: so a minute's worth of ten thousand jobs costs hundreds of transactions, and a
 * single report waits for nothing.
 */
import { NotFoundError } from '@backstage/errors';
import type {
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
import { registrationAfter } from './declaration';
import { joinFacts, type RunFacts } from './runs/facts';
import { FactStore, type StoredRun } from './runs/FactStore';
import { deadlineOf, ENGINE, lostRecordOf, recordOf } from './runs/record';
import type { CheckinSettings } from './settings';
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
  registrations: Map<string, JobRegistration>;
  declared: Set<string>;
  stored: Map<string, StoredRun>;
  changed: Map<string, LogTail | undefined>;
  /** jobs that may still come into being */
  room: () => Promise<number>;
}

const MAX_BATCH = 500;
const OVERDUE_AT_ONCE = 500;
/** How long reports of one run may be apart after its end. */
const KEEP_MS = 7 * 24 * 3600_000;

export class Intake {
  private waiting: Waiting[] = [];
  private working = false;

  constructor(
    private readonly portal: EngineIntake,
    private readonly settings: CheckinSettings,
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
    await new FactStore(db).prune(this.now() - KEEP_MS);
  }

  private async work() {
    this.working = true;
    // what comes in the same turn of the event loop belongs together
    await Promise.resolve();
    while (this.waiting.length) {
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

  /** One that the database refuses must not hold up the others. */
  private async takeOneByOne(batch: Waiting[]) {
    for (const one of batch) {
      try {
        await this.takeAll([one]);
      } catch (error) {
        one.reject(error);
      }
    }
  }

  private async takeAll(batch: Waiting[]) {
    const taken: Array<{ one: Waiting; runId: string }> = [];
    const refused: Array<{ one: Waiting; error: unknown }> = [];
    await this.portal.take(async trx => {
      const state = await this.load(trx, batch);
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

  private async load(trx: Knex, batch: Waiting[]): Promise<Batch> {
    const names = new Set(batch.map(({ report }) => report.job));
    const ids = new Set(batch.map(({ report }) => idOf(report)));
    let counted: number | undefined;
    const registrations = await this.portal.registrationsOf(trx, [...names]);
    const before = registrations.size;
    return {
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

  /** @returns id of the run */
  private async takeIn(batch: Batch, report: Report): Promise<string> {
    const { settings } = this;
    const { job, about } = report;
    const known = batch.registrations.get(job);
    const rule = settings.subjects.get(report.subject ?? '');
    const owner = ownerAfter(
      rule,
      job,
      known && (known.owner ?? '').toLowerCase(),
      about.owner,
    );
    if (!known) await this.assertMayCreate(batch, job);
    const at = report.facts.end?.at ?? report.facts.since;
    const after = registrationAfter(known, job, about, owner, at);
    const runId = idOf(report);
    const stored = batch.stored.get(runId);
    const facts = joinFacts(stored?.facts, report.facts);

    if (after !== known) {
      batch.registrations.set(job, after);
      batch.declared.add(job);
    }
    const isNews = JSON.stringify(facts) !== JSON.stringify(stored?.facts);
    if (isNews) {
      batch.changed.set(runId, report.tail ?? batch.changed.get(runId));
      batch.stored.set(runId, {
        ...{ runId, job, reported: report.run, facts },
        deadline: deadlineOf(facts, after, settings.lostAfterMs),
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
    throw new TooManyJobsError(maxJobs);
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

/** Reports have made as many jobs as they may (409). */
class TooManyJobsError extends Error {
  override readonly name = 'ConflictError';
  readonly statusCode = 409;

  constructor(maxJobs: number) {
    super(
      `Reports have made ${maxJobs} jobs, as many as they may (operations.checkin.maxJobs)`,
    );
  }
}

function idOf({ job, run }: Report): string {
  return reportedRunId(job, run);
}
