import {
  jobRegistrationSchema,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type {
  JobRegistration,
  JobRegistrationInput,
  RunRecord,
  RunRecordInput,
  WorkerRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';

/** A record of a run of `bullmq/nightly`, but for what is given. */
export function aRecord(given: Partial<RunRecordInput> = {}): RunRecord {
  return runRecordSchema.parse({
    v: 1,
    id: 'run-1',
    engine: 'bullmq',
    job: 'nightly',
    state: 'succeeded',
    at: '2026-11-20T02:00:18.000Z',
    trigger: 'schedule',
    ...given,
  });
}

/** A run that ended: queued, started and ended around a time, as one final record. */
export function ended(
  given: Partial<RunRecordInput> & { startedAt: string; seconds?: number },
): RunRecord {
  const { seconds = 10, ...rest } = given;
  const end = new Date(Date.parse(given.startedAt) + seconds * 1000);
  return aRecord({
    queuedAt: given.startedAt,
    endedAt: end.toISOString(),
    at: end.toISOString(),
    ...(rest.state === 'failed' && {
      exitCode: 1,
      error: { name: 'Error', message: 'it broke' },
    }),
    ...rest,
  });
}

/** A registration of `bullmq/nightly`, but for what is given. */
export function aRegistration(
  given: Partial<JobRegistrationInput> = {},
): JobRegistration {
  const name = given.name ?? 'nightly';
  return jobRegistrationSchema.parse({
    v: 1,
    engine: 'bullmq',
    name,
    queue: name,
    registeredAt: '2026-11-20T00:00:00.000Z',
    ...given,
  });
}

/** A beating worker of one job, but for what is given. */
export function aWorker(given: Partial<WorkerRecord> = {}): WorkerRecord {
  return {
    v: 1,
    id: 'worker-1',
    host: 'node-1',
    startedAt: '2026-11-20T00:00:00.000Z',
    jobs: ['bullmq/nightly'],
    running: [],
    ...given,
  };
}
