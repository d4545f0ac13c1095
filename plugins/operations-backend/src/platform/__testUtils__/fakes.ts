import { runOrdinal } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  jobId,
  type JobRegistration,
  type RunRecord,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type {
  ActiveRun,
  JobRegistry,
  RecordedBatch,
  RunRecorder,
  UnreadableRegistration,
} from '../../jobs/ports';

/**
 * History in memory, by the rule of the real one: a record counts exactly if its ordinal is higher.
 */
export class FakeRecorder implements RunRecorder {
  readonly runs = new Map<string, RunRecord>();
  /** how often each final record was news */
  readonly ended = new Map<string, number>();
  /** Done before a batch is written; throwing means that nothing of it is. */
  before: (records: RunRecord[]) => void | Promise<void> = () => {};

  async record(records: RunRecord[]): Promise<RecordedBatch> {
    await this.before(records);
    const applied = records.filter(record => {
      const known = this.runs.get(record.id);
      if (known && runOrdinal(known) >= runOrdinal(record)) return false;
      this.runs.set(record.id, record);
      if (record.endedAt) {
        this.ended.set(record.id, (this.ended.get(record.id) ?? 0) + 1);
      }
      return true;
    });
    return { applied, jobIds: [...new Set(applied.map(r => jobOf(r)))] };
  }
}

/** An inventory in memory; its active runs are those of a recorder. */
export class FakeRegistry implements JobRegistry {
  syncs: Array<Array<{ registration: JobRegistration; seenAt: number }>> = [];
  observed: string[] = [];
  unreadable: UnreadableRegistration[] = [];

  constructor(private readonly recorder: FakeRecorder) {}

  async syncRegistrations(
    registrations: Array<{ registration: JobRegistration; seenAt: number }>,
  ) {
    this.syncs.push(registrations);
    return { changed: registrations.map(r => jobId(r.registration)) };
  }

  async noteObserved(jobs: Array<{ engine: string; name: string }>) {
    this.observed.push(...jobs.map(jobId));
    return { changed: jobs.map(jobId) };
  }

  async activeRuns(): Promise<ActiveRun[]> {
    return [...this.recorder.runs.values()]
      .filter(record => !record.endedAt)
      .map(record => ({
        id: record.id,
        engine: record.engine,
        job: record.job,
        queue: record.job,
        status: record.state as ActiveRun['status'],
        attempt: record.attempt,
        workerId: record.workerId,
        engineJobId: record.engineJobId,
        since: Date.parse(record.at),
        record,
      }));
  }

  async noteUnreadable(unreadable: UnreadableRegistration[]) {
    this.unreadable = unreadable;
  }

  async registrationsOf(ids: string[]) {
    const known = this.syncs.flat().map(entry => entry.registration);
    return new Map(
      known
        .filter(registration => ids.includes(jobId(registration)))
        .map(registration => [jobId(registration), registration]),
    );
  }

  async findRuns() {
    return [];
  }

  async listQueues() {
    return [];
  }
}

/** A record of a run that has succeeded, but for what is given. */
export function aRecord(
  id: string,
  given: Partial<RunRecordInput> = {},
): RunRecordInput {
  const now = new Date().toISOString();
  const state = given.state ?? 'succeeded';
  const active = ['queued', 'running', 'cancelling'].includes(state);
  return {
    v: 1,
    id,
    engine: 'bullmq',
    job: 'nightly-report',
    state,
    at: now,
    trigger: 'schedule',
    ...(active ? {} : { endedAt: now, exitCode: 0 }),
    ...given,
  };
}

function jobOf(record: RunRecord): string {
  return jobId({ engine: record.engine, name: record.job });
}
