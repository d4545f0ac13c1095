/**
 * The cost of one evaluation of the attention rules with 10,000 jobs, one in fifty of them
 * failed, running or waiting: queries, and seconds of one core. Redis, its queues, the rules and
 * both databases are real.
 *
 * `npm run bench -- attention [--jobs 10000]`
 */
import { ConfigReader } from '@backstage/config';
import { startPrivateRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  jobRegistrationSchema,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { createBullmqEngine } from '../../plugins/operations-backend-module-bullmq/src/engine/bullmqEngine';
import { Acknowledgements } from '../../plugins/operations-backend/src/attention/Acknowledgements';
import { AttentionEvaluator } from '../../plugins/operations-backend/src/attention/AttentionEvaluator';
import { AttentionNotifier } from '../../plugins/operations-backend/src/attention/AttentionNotifier';
import { AttentionStore } from '../../plugins/operations-backend/src/attention/AttentionStore';
import { NotificationClaims } from '../../plugins/operations-backend/src/attention/NotificationClaims';
import { createJobAttention } from '../../plugins/operations-backend/src/jobs/attention/createJobAttention';
import { QueueSamples } from '../../plugins/operations-backend/src/jobs/queues/QueueSamples';
import { DatabaseRunRecorder } from '../../plugins/operations-backend/src/jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../../plugins/operations-backend/src/jobs/registry/DatabaseJobRegistry';
import { option, startBench } from './cli';
import { openDatabase } from './jobs/database';

const LOOKS = 10;
const JOBS = Number(option('jobs') ?? 10_000);
/** One job in so many failed last, one is running, one waits. */
const ONE_IN = 50;

const logger = {
  error() {},
  warn: (text: string, error?: unknown) =>
    process.stderr.write(`${text} ${error ?? ''}\n`),
  info() {},
  debug() {},
  child: () => logger,
};

async function measure(kind: 'sqlite' | 'postgres') {
  const server = await startPrivateRedis();
  const { url, namespace, queuePrefix } = server;
  const redis = createOperationsRedis(
    readRedisOptions(
      new ConfigReader({
        operations: { redis: { url, namespace, queuePrefix } },
      }),
    ),
    logger,
  );
  const engine = createBullmqEngine({ redis, logger });
  const { knex, close } = await openDatabase(kind);
  const began = new Date(Date.now() - 60_000).toISOString();
  const registrations = Array.from({ length: JOBS }, (_, i) =>
    jobRegistrationSchema.parse({
      v: 1,
      engine: 'bullmq',
      name: `job-${i}`,
      queue: `job-${i}`,
      owner: `group:default/team-${i % 40}`,
      schedule: { cron: '15 2 * * *', timezone: 'UTC' },
      targetDurationMs: 10_000,
      maxQueueDepth: 20,
      registeredAt: began,
    }),
  );
  const registry = new DatabaseJobRegistry(knex);
  await registry.syncRegistrations(
    registrations.map(registration => ({ registration, seenAt: Date.now() })),
    Date.now(),
  );
  const recorder = new DatabaseRunRecorder(knex);
  for (let from = 0; from < JOBS; from += 1000) {
    await recorder.record(
      registrations.slice(from, from + 1000).map(({ name }, i) => {
        const state =
          ({ 0: 'failed', 1: 'running', 2: 'queued' } as const)[
            (from + i) % ONE_IN
          ] ?? 'succeeded';
        const over = state === 'failed' || state === 'succeeded';
        return runRecordSchema.parse({
          v: 1,
          id: `${name}.1`,
          engine: 'bullmq',
          job: name,
          state,
          at: began,
          trigger: 'schedule',
          queuedAt: began,
          ...(state !== 'queued' && { startedAt: began }),
          ...(over && { endedAt: new Date().toISOString() }),
          ...(state === 'failed' && {
            exitCode: 1,
            error: { name: 'Error', message: '502 Bad Gateway' },
          }),
        });
      }),
    );
  }
  for (let i = 2; i < JOBS; i += ONE_IN) {
    await engine.enqueue(registrations[i], {
      v: 1,
      runId: `job-${i}.1`,
      trigger: 'manual',
    });
  }

  let now = Date.now();
  const evaluator = new AttentionEvaluator({
    store: new AttentionStore(knex),
    acknowledgements: new Acknowledgements(knex),
    logger,
    now: () => now,
    onChanged: () => {},
    notifier: new AttentionNotifier(
      new NotificationClaims(knex),
      undefined,
      logger,
      '/operations',
      [],
    ),
    sources: [
      createJobAttention({
        knex,
        registry,
        logger,
        engines: new Map([[engine.name, engine]]),
        health: {
          available: true,
          clockSkewMs: 0,
          asOf: began,
          troubles: [],
          workersOf: () => 1,
          fleet: {
            workers: () => [],
            workersOf: () => [],
            declarationsOf: () => [],
          },
        },
        config: new ConfigReader({}),
        samples: new QueueSamples(knex),
      }),
    ],
  });
  let queries = 0;
  knex.on('query', () => {
    queries += 1;
  });
  const looks = [];
  for (let look = 0; look < LOOKS; look++) {
    queries = 0;
    const cpu = process.cpuUsage();
    const begun = performance.now();
    await evaluator.evaluate();
    const used = process.cpuUsage(cpu);
    looks.push({
      queries,
      cpuSeconds: (used.user + used.system) / 1e6,
      seconds: (performance.now() - begun) / 1000,
    });
    now += 10_000;
  }
  const [{ n }] = await knex('attention_items').count({ n: '*' });
  await close();
  engine.close();
  redis.close();
  await server.close();

  const [first, ...others] = looks;
  const cpu = others.map(look => look.cpuSeconds).sort((a, b) => a - b);
  return {
    database: kind,
    jobs: JOBS,
    items: Number(n),
    firstLook: first,
    laterLooks: {
      queries: Math.max(...others.map(look => look.queries)),
      cpuSecondsMedian: cpu[Math.floor(cpu.length / 2)],
      cpuSecondsMax: cpu[cpu.length - 1],
      secondsMax: Math.max(...others.map(look => look.seconds)),
    },
  };
}

async function main() {
  const kinds: Array<'sqlite' | 'postgres'> = ['sqlite'];
  if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
    kinds.push('postgres');
  }
  for (const kind of kinds) {
    const figures = await measure(kind);
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
    if (figures.laterLooks.cpuSecondsMedian > 1) process.exitCode = 1;
  }
}

startBench(main);
