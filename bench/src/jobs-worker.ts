/**
 * Our worker beside a plain BullMQ worker: no-op jobs per second at concurrency 1 and 50, in one
 * run. The two take turns at going first. Also the time from the message of a cancellation to the
 * handler's signal, across connections.
 *
 * Runs alone (`npm run bench -- jobs-worker`) on OPERATIONS_TEST_REDIS_URL or REDIS_URL.
 */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import IORedis from 'ioredis';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createJobClient,
  defineJob,
  startWorker,
} from '@craft-easy/operations-sdk/jobs';
import { median, neededRedisUrl, startBench } from './cli';
import { jobsPerSecond, plainJobsPerSecond } from './jobs/throughput';

/** One line of the table. */
export interface WorkerRow {
  measure: string;
  ours: number;
  plain: number;
  ratio: number;
}

const ROUNDS = 12;

async function compare(
  url: string,
  concurrency: number,
  count: number,
): Promise<WorkerRow> {
  const plain: number[] = [];
  const ours: number[] = [];
  const namespace = `bench-${randomUUID().slice(0, 8)}`;
  const takePlain = async () => {
    plain.push(await plainJobsPerSecond(url, count, concurrency));
  };
  const takeOurs = async () => {
    const start = (name: string, queuePrefix: string) => {
      const worker = startWorker({
        jobs: [defineJob({ name, concurrency, handler: async () => {} })],
        connection: url,
        namespace,
        queuePrefix,
      });
      return { ready: () => worker.ready, close: () => worker.close() };
    };
    ours.push(await jobsPerSecond(url, count, start));
  };
  for (let round = 0; round < ROUNDS; round++) {
    // the second one finds the machine warmer, or throttled
    const turns = [takePlain, takeOurs];
    for (const take of round % 2 ? turns.reverse() : turns) await take();
  }
  const redis = new IORedis(url);
  await redis.del(protocolKeys(namespace).runs);
  redis.disconnect();
  return {
    measure: `no-op jobs/s, concurrency ${concurrency}`,
    ours: Math.round(median(ours)),
    plain: Math.round(median(plain)),
    ratio: median(ours.map((value, i) => value / plain[i])),
  };
}

/** Throughput of our worker beside a plain one. */
export async function measureWorker(url: string): Promise<WorkerRow[]> {
  // the first round of a process is slower, for both
  await compare(url, 50, 2_000);
  return [await compare(url, 1, 4_000), await compare(url, 50, 20_000)];
}

/**
 * Milliseconds from publishing a cancellation to the handler's signal: median and 95th percentile.
 */
export async function measureCancellation(
  url: string,
  runs = 200,
): Promise<{ p50: number; p95: number }> {
  const corner = `bench-${randomUUID().slice(0, 8)}`;
  const keys = protocolKeys(corner);
  const job = new EventEmitter();
  const worker = startWorker({
    connection: url,
    namespace: corner,
    queuePrefix: corner,
    jobs: [
      defineJob({
        name: 'waits',
        cancellable: true,
        handler: ctx =>
          new Promise<void>(resolve => {
            ctx.signal.addEventListener('abort', () => {
              job.emit('signalled');
              resolve();
            });
            job.emit('entered');
          }),
      }),
    ],
  });
  await worker.ready;
  const client = createJobClient({
    connection: url,
    namespace: corner,
    queuePrefix: corner,
  });
  const portal = new IORedis(url);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const inHandler = once(job, 'entered');
    const { runId } = await client.enqueue('waits');
    await inHandler;
    const aborted = once(job, 'signalled');
    const began = process.hrtime.bigint();
    await portal.publish(
      keys.controlChannel,
      JSON.stringify({ type: 'cancel', runId }),
    );
    await aborted;
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  await client.close();
  await worker.close();
  portal.disconnect();
  times.sort((a, b) => a - b);
  return {
    p50: times[Math.floor(runs * 0.5)],
    p95: times[Math.floor(runs * 0.95)],
  };
}

/** As lines of a table: measure, ours, peer (a plain BullMQ worker), ratio, goal. */
export function workerRows(
  rows: WorkerRow[],
  cancellation: { p50: number; p95: number },
): string[] {
  const { p50, p95 } = cancellation;
  return [
    ...rows.map(
      row =>
        `| ${row.measure} (peer: a plain BullMQ worker) | ${row.ours} | ${
          row.plain
        } | ${row.ratio.toFixed(2)} | ≥ 0.85 |`,
    ),
    `| cancellation to the handler's signal, ms p50 / p95 | ${p50.toFixed(
      1,
    )} / ${p95.toFixed(1)} | – | – | p95 ≤ 50 |`,
  ];
}

async function main(): Promise<void> {
  const url = neededRedisUrl();
  const rows = await measureWorker(url);
  const cancellation = await measureCancellation(url);
  process.stdout.write(`${workerRows(rows, cancellation).join('\n')}\n`);
}

if (require.main === module) startBench(main);
