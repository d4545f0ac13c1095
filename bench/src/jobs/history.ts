/** Jobs and their history, written as a platform's are: by the registry and the recorder. */
import {
  jobRegistrationSchema,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { JobStores } from '../../../plugins/operations-backend/src/jobs/createJobs';

const DAY = 24 * 3600 * 1000;
const NOW = Date.now();
/** The job whose history is long. */
export const BUSY_JOB = jobName(90_000);

const OWNERS = 40;

function jobName(i: number): string {
  return `job-${String(i).padStart(5, '0')}`;
}

/** Declares jobs as a platform would: owners, tags, schedules, each tenth per tenant. */
export async function declareJobs(
  stores: JobStores,
  jobs: number,
  tenants: number,
): Promise<void> {
  const registrations = Array.from({ length: jobs }, (_, i) => ({
    seenAt: NOW,
    registration: jobRegistrationSchema.parse({
      v: 1,
      engine: 'bullmq',
      name: jobName(i),
      queue: jobName(i),
      description: `Does what job ${i} does for the ${
        ['billing', 'mail', 'search', 'export'][i % 4]
      } of the platform`,
      owner: `group:default/team-${i % OWNERS}`,
      tags: [['nightly', 'hourly'][i % 2], ['critical', 'normal'][i % 3 && 1]],
      schedule:
        i % 5 === 0
          ? null
          : { cron: `${i % 60} ${i % 24} * * *`, timezone: 'Europe/Stockholm' },
      targetDurationMs: 30_000,
      cancellable: i % 2 === 0,
      tenantScoped: i % 10 === 0,
      tenants:
        i % 10 === 0
          ? Array.from({ length: 50 }, (_u, t) =>
              tenant((i + t * 19) % tenants),
            )
          : [],
      registeredAt: new Date(NOW).toISOString(),
    }),
  }));
  for (let i = 0; i < jobs; i += 1000) {
    await stores.registry.syncRegistrations(
      // those before are announced too, or they would count as gone
      registrations.slice(0, i + 1000),
      NOW,
    );
  }
}

function tenant(i: number): string {
  return `tenant-${String(i).padStart(4, '0')}`;
}

/** The final record of a run of a job, some of them failed. */
function finalRecord(
  job: number,
  n: number,
  endedAt: number,
  tenantOf?: string,
): RunRecord {
  const failed = (job * 31 + n) % 25 === 0;
  const took = 500 + ((job * 7919 + n * 104729) % 40_000);
  return runRecordSchema.parse({
    v: 1,
    id: `${jobName(job)}.${n.toString(36)}.${endedAt.toString(36)}`,
    engine: 'bullmq',
    job: jobName(job),
    state: failed ? 'failed' : 'succeeded',
    trigger: 'schedule',
    at: new Date(endedAt).toISOString(),
    queuedAt: new Date(endedAt - took - 20).toISOString(),
    startedAt: new Date(endedAt - took).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    exitCode: failed ? 1 : 0,
    tenant: tenantOf,
    workerId: 'worker-1',
    ...(failed && {
      error: { name: 'Error', message: `step ${n} failed after ${took} ms` },
    }),
  });
}

/** History of all jobs, a month of it, through the recorder. */
export async function seed(
  stores: JobStores,
  given: { jobs: number; tenants: number; runs: number },
): Promise<number> {
  const perJob = Math.max(1, Math.floor(given.runs / given.jobs));
  const begin = performance.now();
  let batch: RunRecord[] = [];
  let written = 0;
  const flush = async () => {
    await stores.recorder.record(batch);
    written += batch.length;
    batch = [];
  };
  for (let job = 0; job < given.jobs; job++) {
    for (let n = 0; n < perJob; n++) {
      const endedAt =
        NOW - Math.floor(((perJob - n) / perJob) * 29 * DAY) - job;
      const forTenant =
        job % 10 === 0
          ? tenant((job + (n % 50) * 19) % given.tenants)
          : undefined;
      batch.push(finalRecord(job, n, endedAt, forTenant));
    }
    if (batch.length >= 2000) await flush();
  }
  await flush();
  return written / ((performance.now() - begin) / 1000);
}

/** How many records of one busy job the recorder writes a second, in batches of a thousand. */
export async function recorderRate(
  stores: JobStores,
  count: number,
  withStarts: boolean,
): Promise<number> {
  const job = withStarts ? 90_001 : 90_000;
  const batches: RunRecord[][] = [];
  for (let i = 0; i < count; i += 1000) {
    const batch: RunRecord[] = [];
    for (let n = i; n < i + 1000; n++) {
      const final = finalRecord(job, n, NOW - count + n);
      if (withStarts) {
        batch.push({
          ...final,
          state: 'running',
          at: final.startedAt!,
          endedAt: undefined,
          exitCode: undefined,
          error: undefined,
        });
      }
      batch.push(final);
    }
    batches.push(batch);
  }
  const records = batches.reduce((sum, b) => sum + b.length, 0);
  const begin = performance.now();
  for (const batch of batches) await stores.recorder.record(batch);
  return records / ((performance.now() - begin) / 1000);
}
