/** A worker process of the soak. Its handlers write when they begin and how they end. */
import { setTimeout as pause } from 'node:timers/promises';
import knex from 'knex';
import {
  defineJob,
  startWorker,
  type JobContext,
} from '@craft-easy/operations-sdk/jobs';
import { createSqlWitness } from '@craft-easy/operations-sdk/witness-sql';
import { ownJournal } from '../journal';
import { JOBS, TENANTS } from '../names';
import { connection, logger, requestKeys } from './environment';

const note = ownJournal();
let executions = 0;

/** Notes what happens around the work of a handler. */
async function noted(
  { jobName, runId, attempt, tenant, scheduledFor }: JobContext,
  work: () => Promise<void>,
) {
  executions += 1;
  const execution = `${process.pid}-${executions}`;
  const slot = scheduledFor?.getTime();
  note('began', { execution, job: jobName, runId, attempt, tenant, slot });
  try {
    await work();
    note('ended', { execution, runId, how: 'succeeded' });
  } catch (error) {
    note('ended', { execution, runId, how: String(error) });
    throw error;
  }
}

const owner = 'group:default/platform';
const short = () => pause(30 + Math.random() * 200);

const ordinary = (name: string, description: string) =>
  defineJob({
    name,
    owner,
    description,
    concurrency: 8,
    cancellable: true,
    parameters: {
      type: 'object',
      properties: {
        ends: { enum: ['well', 'badly'] },
        ms: { type: 'integer', minimum: 0, maximum: 60_000 },
      },
      additionalProperties: false,
    },
    handler: ctx =>
      noted(ctx, async () => {
        const { ends, ms } = ctx.parameters as { ends?: string; ms?: number };
        ctx.log(`works for ${ms} ms`);
        await pause(ms ?? 100, undefined, { signal: ctx.signal });
        if (ends === 'badly') throw new Error('it was asked to end badly');
      }),
  });

const database = knex({
  client: 'pg',
  connection: process.env.SOAK_WITNESS,
  pool: { min: 0, max: 4 },
  acquireConnectionTimeout: 3_000,
});
// a connection that breaks while nobody uses it
database.client.pool.on('poolDestroyRequest', () => {});

const worker = startWorker({
  connection: connection(),
  requestKeys: requestKeys(),
  logger,
  lockDurationMs: 5_000,
  stalledIntervalMs: 5_000,
  tenants: TENANTS,
  witness: createSqlWitness({ knex: database }),
  jobs: [
    ordinary(JOBS.ordinary, 'Whoever asks for it through the API'),
    ordinary(JOBS.queued, 'Queued by platform code'),
    defineJob({
      name: JOBS.guarded,
      owner,
      description: 'By its schedule only, never twice a slot',
      schedule: { every: { seconds: 2 } },
      manualRun: false,
      handler: ctx => noted(ctx, short),
    }),
    defineJob({
      name: JOBS.fanOut,
      owner,
      description: 'By its schedule only, a run for each tenant',
      schedule: { every: { seconds: 10 } },
      manualRun: false,
      tenantScoped: true,
      handler: ctx => noted(ctx, short),
    }),
  ],
});

worker.ready.then(
  () => {
    note('ready', { id: worker.id });
    process.stdout.write('ready\n');
  },
  error => {
    logger.error(`it could not start: ${error.stack}`);
    process.exit(1);
  },
);

process.on('SIGTERM', () => {
  worker.close({ force: true, graceMs: 3_000 }).finally(() => process.exit(0));
});
