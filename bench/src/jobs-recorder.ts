/**
 * From the run stream to the database, beside a plain BullMQ worker: records per second that the
 * backend reads, checks, writes and acknowledges, and jobs per second that one worker (no-op,
 * concurrency 50) completes. A ratio of 1 or more means that the recorder keeps up with that
 * worker.
 *
 * Runs alone: `npm run bench -- jobs-recorder [--records 60000]`, on the Redis and PostgreSQL
 * that the runner starts.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  PORTAL_GROUP,
  protocolKeys,
  RUN_RECORD_FIELD,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { DatabaseRunRecorder } from '../../plugins/operations-backend/src/jobs/recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../../plugins/operations-backend/src/jobs/registry/DatabaseJobRegistry';
import { createPlatform } from '../../plugins/operations-backend/src/platform/createPlatform';
import { createOperationsRedis } from '../../plugins/operations-node/src/internal';
import { median, neededRedisUrl, option, startBench } from './cli';
import { openDatabase } from './jobs/database';
import { plainJobsPerSecond } from './jobs/throughput';

/** Of the worker that the recorder is compared with. */
const CONCURRENCY = 50;
const PLAIN_JOBS = 20_000;
const ROUNDS = 5;

/** One line of the table. */
export interface RecorderRow {
  database: string;
  recordsPerSecond: number;
  plainJobsPerSecond: number;
  ratio: number;
  lost: number;
  doubled: number;
}

const quiet = {
  error: (text: string) => process.stderr.write(`${text}\n`),
  warn() {},
  info() {},
  debug() {},
  child: () => quiet,
};

/**
 * Records as our worker sends them: the start and the end of each run, over twenty jobs, a third
 * of the runs for tenants.
 */
function recordsOf(i: number, namespace: string): RunRecordInput[] {
  const at = new Date(Date.now() - 60_000 + i).toISOString();
  const run = {
    v: 1 as const,
    id: `${namespace}.${i}`,
    engine: 'bullmq',
    job: `job-${i % 20}`,
    engineJobId: `${i}`,
    trigger: 'schedule' as const,
    workerId: 'bench-1',
    queuedAt: at,
    startedAt: at,
    ...(i % 3 === 0 && { tenant: `tenant-${i % 50}` }),
    parameters: { n: i },
  };
  return [
    { ...run, state: 'running', at },
    { ...run, state: 'succeeded', at, endedAt: at, exitCode: 0 },
  ];
}

async function fill(redis: Redis, namespace: string, records: number) {
  const { runs } = protocolKeys(namespace);
  await redis.xgroup('CREATE', runs, PORTAL_GROUP, '0', 'MKSTREAM');
  for (let i = 0; i < records / 2; ) {
    const pipeline = redis.pipeline();
    for (let n = 0; n < 2000 && i < records / 2; n++, i++) {
      for (const record of recordsOf(i, namespace)) {
        pipeline.xadd(runs, '*', RUN_RECORD_FIELD, JSON.stringify(record));
      }
    }
    await pipeline.exec();
  }
}

async function recordAll(
  url: string,
  database: 'sqlite' | 'postgres',
  records: number,
): Promise<{ perSecond: number; lost: number; doubled: number }> {
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  const stream = new Redis(url);
  const { runs } = protocolKeys(namespace);
  await fill(stream, namespace, records);
  const { knex, close } = await openDatabase(database);
  const { hostname: host, port } = new URL(url);
  const redis = createOperationsRedis(
    {
      topology: { kind: 'single', host, port: Number(port || 6379) },
      db: 0,
      namespace,
      queuePrefix: namespace,
      layout: {},
      commandTimeoutMs: 5000,
    },
    quiet,
  );
  const platform = createPlatform({
    redis,
    logger: quiet,
    engines: [],
    recorder: new DatabaseRunRecorder(knex),
    registry: new DatabaseJobRegistry(knex),
    onApplied: () => {},
    onChanged: () => {},
  });

  const began = process.hrtime.bigint();
  platform.start();
  const drained = async () => {
    const [group] = (await stream.xinfo('GROUPS', runs)) as unknown[][];
    const value = (name: string) => group[group.indexOf(name) + 1];
    return value('pending') === 0 && value('lag') === 0;
  };
  while (!(await drained())) await wait(20);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;

  const [{ n }] = await knex('runs')
    .where({ status: 'succeeded' })
    .count({ n: '*' });
  const [{ days }] = await knex('job_days')
    .where({ tenant: '' })
    .sum({ days: 'succeeded' });
  await platform.stop();
  redis.close();
  await stream.del(runs);
  stream.disconnect();
  await close();
  return {
    perSecond: records / seconds,
    lost: records / 2 - Number(n),
    doubled: Math.max(0, Number(days) - records / 2),
  };
}

/** The recorder beside the worker, on each database, the two taking turns. */
export async function measureRecorder(
  url: string,
  records = 60_000,
): Promise<RecorderRow[]> {
  await plainJobsPerSecond(url, 5_000, CONCURRENCY); // the first round of a process is slower
  const rows: RecorderRow[] = [];
  const databases = process.env
    .BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
    ? (['sqlite', 'postgres'] as const)
    : (['sqlite'] as const);
  for (const database of databases) {
    await recordAll(url, database, 10_000);
    const rounds: Array<Awaited<ReturnType<typeof recordAll>>> = [];
    const plain = [await plainJobsPerSecond(url, PLAIN_JOBS, CONCURRENCY)];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await recordAll(url, database, records));
      plain.push(await plainJobsPerSecond(url, PLAIN_JOBS, CONCURRENCY));
    }
    rows.push({
      database,
      lost: sum(rounds.map(round => round.lost)),
      doubled: sum(rounds.map(round => round.doubled)),
      recordsPerSecond: Math.round(median(rounds.map(r => r.perSecond))),
      plainJobsPerSecond: Math.round(median(plain)),
      // each round beside the workers before and after it
      ratio: median(
        rounds.map(
          ({ perSecond }, i) => (2 * perSecond) / (plain[i] + plain[i + 1]),
        ),
      ),
    });
  }
  return rows;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** As lines of a table: measure, ours, peer (a plain BullMQ worker's jobs), ratio, goal. */
export function recorderRows(rows: RecorderRow[]): string[] {
  return rows.map(
    row =>
      `| records written to ${row.database} a second, ${row.lost} lost, ${
        row.doubled
      } doubled (peer: jobs of a plain BullMQ worker) | ${
        row.recordsPerSecond
      } | ${row.plainJobsPerSecond} | ${row.ratio.toFixed(2)} | ≥ 1.00 |`,
  );
}

async function main(): Promise<void> {
  const url = neededRedisUrl();
  const records = option('records');
  const rows = await measureRecorder(
    url,
    records ? Number(records) : undefined,
  );
  process.stdout.write(`${recorderRows(rows).join('\n')}\n`);
}

if (require.main === module) startBench(main);
