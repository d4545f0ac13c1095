/**
 * A worker process of the soak. Each execution leaves a mark in Redis, so that executions can be
 * counted.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';
import { AT_ONCE, EXECUTIONS, JOBS } from './soakJobs';

const redis = new Redis(process.env.REDIS_URL!, { maxRetriesPerRequest: null });

const job = (name: string) => ({
  name,
  owner: 'group:default/platform',
  handler: async ({ runId }: { runId: string }) => {
    await redis.sadd(EXECUTIONS, `${runId} ${randomUUID()}`);
    await pause(50 + Math.random() * 200);
  },
});

startWorker({
  connection: redis,
  lockDurationMs: 5_000,
  stalledIntervalMs: 5_000,
  jobs: [
    defineJob({
      ...job(JOBS.asked),
      description: 'Whoever asks; may be started again where a worker died',
      concurrency: AT_ONCE,
    }),
    defineJob({
      ...job(JOBS.scheduled),
      description: 'By its schedule only; never started twice',
      schedule: { every: { seconds: 2 } },
      manualRun: false,
    }),
  ],
});
