/**
 * A process with 3,000 jobs: connections, time until it takes runs, and memory; ours beside as many
 * queues and workers of plain BullMQ. Each in a process of its own.
 *
 * Runs alone (`npm run bench -- jobs-connections`) on OPERATIONS_TEST_REDIS_URL or REDIS_URL.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import IORedis from 'ioredis';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';
import { neededRedisUrl, option, startBench } from './cli';

type Kind = 'ours' | 'plain';

/** What a process with many jobs costs. */
export interface ConnectionsRow {
  connections: number;
  readyMs: number;
  megabytes: number;
}

const JOBS = 3_000;

async function clientsOf(redis: IORedis): Promise<number> {
  const info = await redis.info('clients');
  return Number(/connected_clients:(\d+)/.exec(info)![1]);
}

/** The number once no more are opened: workers begin to wait after they are ready. */
async function settledClientsOf(redis: IORedis): Promise<number> {
  let last: number;
  let count = await clientsOf(redis);
  do {
    last = count;
    await wait(2_000);
    count = await clientsOf(redis);
  } while (count !== last);
  return count;
}

async function startOurs(url: string, corner: string): Promise<void> {
  const worker = startWorker({
    jobs: Array.from({ length: JOBS }, (_, i) =>
      defineJob({ name: `job-${i}`, handler: async () => {} }),
    ),
    connection: url,
    namespace: corner,
    queuePrefix: corner,
  });
  await worker.ready;
}

async function startPlain(url: string, corner: string): Promise<void> {
  const connection = new IORedis(url, { maxRetriesPerRequest: null });
  const options = { connection, prefix: corner };
  await Promise.all(
    Array.from({ length: JOBS }, async (_, i) => {
      const queue = new Queue(`job-${i}`, options);
      const worker = new Worker(queue.name, async () => {}, options);
      await queue.setGlobalConcurrency(1);
      await worker.waitUntilReady();
    }),
  );
}

/** The process under measurement: says what it took, and ends. */
async function child(kind: Kind): Promise<void> {
  const url = neededRedisUrl();
  const redis = new IORedis(url);
  const corner = `bench-${randomUUID().slice(0, 8)}`;
  const before = await clientsOf(redis);
  const began = performance.now();
  await (kind === 'ours' ? startOurs(url, corner) : startPlain(url, corner));
  const readyMs = Math.round(performance.now() - began);
  const row: ConnectionsRow = {
    readyMs,
    connections: (await settledClientsOf(redis)) - before,
    megabytes: Math.round(process.memoryUsage().rss / 1024 / 1024),
  };
  const scan = redis.scanStream({ match: `${corner}:*`, count: 1_000 });
  for await (const keys of scan) {
    if (keys.length > 0) await redis.unlink(...keys);
  }
  process.send!(row);
  await once(process, 'disconnect');
}

/** Starts 3,000 jobs in a process of its own. */
export async function measureConnections(kind: Kind): Promise<ConnectionsRow> {
  const forked = fork(__filename, ['--child', kind], {
    execArgv: process.execArgv,
  });
  const row = await new Promise<ConnectionsRow>((resolve, reject) => {
    forked.on('message', message => {
      // the transform sends messages of its own
      if (Object.hasOwn(message as object, 'readyMs')) {
        resolve(message as ConnectionsRow);
      }
    });
    forked.once('exit', code =>
      reject(new Error(`the process ended with ${code}`)),
    );
  });
  forked.kill('SIGKILL');
  return row;
}

/** As lines of a table: measure, ours, peer (plain BullMQ), ratio, goal. */
export async function connectionRows(): Promise<string[]> {
  const plain = await measureConnections('plain');
  const ours = await measureConnections('ours');
  const row = (measure: string, field: keyof ConnectionsRow, goal: string) =>
    `| ${JOBS} jobs in a process: ${measure} | ${ours[field]} | ${
      plain[field]
    } | ${(ours[field] / plain[field]).toFixed(2)} | ${goal} |`;
  return [
    row('connections (peer: plain BullMQ)', 'connections', '≤ 50'),
    row('ready, ms', 'readyMs', '–'),
    row('memory, MB', 'megabytes', '–'),
  ];
}

async function main(): Promise<void> {
  const kind = option('child');
  if (kind) await child(kind as Kind);
  else process.stdout.write(`${(await connectionRows()).join('\n')}\n`);
}

if (require.main === module) startBench(main);
