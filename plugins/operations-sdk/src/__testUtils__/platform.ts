import { fork, type ChildProcess } from 'child_process';
import { randomUUID } from 'crypto';
import { once } from 'events';
import { Queue, type Job } from 'bullmq';
import type IORedis from 'ioredis';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  derivedRunId,
  isFinalState,
  protocolKeys,
  queuePrefixOf,
  type ProtocolKeys,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  startWorker,
  type StartWorkerOptions,
  type WorkerHandle,
  type WorkerLogger,
} from '../jobs';
import {
  type TestCluster,
  type TestRedis,
  within,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

/** Id of the run of a job that was put on the queue of its own name, without a request. */
export function runOf(job: Job): string {
  return derivedRunId(job.queueName, job.id!, job.timestamp);
}

/** What a test waits for normally comes within a second; some runs wait for their slot. */
const PATIENCE_MS = 10_000;

/** Everything a test of a worker needs, in a corner of Redis of its own. */
export interface TestPlatform {
  namespace: string;
  queuePrefix: string;
  /** What the keys of a queue begin with. */
  prefixOf(queue: string): string;
  keys: ProtocolKeys;
  redis: IORedis;
  /** What workers had to say. */
  said: string[];
  worker(
    options: Omit<StartWorkerOptions, 'connection' | 'namespace'>,
  ): Promise<WorkerHandle>;
  /**
   * A worker in a process of its own, with the jobs of `createTestJobs`; resolves when it takes
   * runs.
   */
  child(env?: Record<string, string>): Promise<ChildProcess>;
  /** What the child processes have noted. */
  executions(): Promise<string[]>;
  /** Resolves when a child process has noted something. */
  executed(): Promise<void>;
  queue(name: string): Queue;
  /** All records so far, checked against the schema. */
  records(): Promise<RunRecord[]>;
  /**
   * The first record (also of the past) that fits; waits for it.
   * @throws Error with the records that there are: at once where the run ended otherwise, else in
   *   ten seconds
   */
  record(
    fits: Partial<RunRecord> | ((record: RunRecord) => boolean),
    withinMs?: number,
  ): Promise<RunRecord>;
  /** The first final record of a run, or the nth; without an id, of any run. */
  end(runId?: string, nth?: number): Promise<RunRecord>;
  close(): Promise<void>;
}

const NODE_TRANSFORM = require.resolve(
  '@backstage/cli/config/nodeTransform.cjs',
);

/** On a cluster with one stream of run records, and without workers in processes of their own. */
export async function createTestPlatform(
  server: TestRedis | TestCluster,
): Promise<TestPlatform> {
  const corner = randomUUID().slice(0, 8);
  const namespace = `ops-${corner}`;
  const queuePrefix = `q-${corner}`;
  const cluster = 'connect' in server;
  const layout = { cluster, runStreams: 1 };
  const keys = protocolKeys(namespace, layout);
  const prefixOf = (queue: string) => queuePrefixOf(queue, queuePrefix, layout);
  const url = cluster ? '' : server.url;
  const connection = cluster ? server.client : url;
  const connect = () =>
    // the commands of the tests are those that both have
    cluster ? (server.connect() as unknown as IORedis) : server.client();
  const redis = connect();
  const reader = connect();
  const workers: WorkerHandle[] = [];
  const queues: Queue[] = [];
  const children: ChildProcess[] = [];
  const said: string[] = [];
  const say = (message: string) => {
    said.push(message);
  };
  const logger: WorkerLogger = { info: say, warn: say, error: say };

  const parse = ([, fields]: [string, string[]]): RunRecord =>
    runRecordSchema.parse(JSON.parse(fields[1]));

  const platform: TestPlatform = {
    namespace,
    queuePrefix,
    prefixOf,
    keys,
    redis,
    said,
    async worker(options) {
      const worker = startWorker({
        connection,
        namespace,
        queuePrefix,
        runStreams: 1,
        logger,
        ...options,
      });
      workers.push(worker);
      await worker.ready;
      return worker;
    },
    async child(env) {
      const child = fork(require.resolve('./childWorker'), {
        execArgv: ['--require', NODE_TRANSFORM],
        env: {
          ...process.env,
          TEST_REDIS_URL: url,
          TEST_NAMESPACE: namespace,
          TEST_PREFIX: queuePrefix,
          ...env,
        },
      });
      children.push(child);
      const ready = Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(([code]) => {
          throw new Error(`the worker process ended with ${code}`);
        }),
      ]);
      await within(() => 'the worker process is ready', ready, 20_000);
      return child;
    },
    executions: () => redis.lrange(`${namespace}:executions`, 0, -1),
    async executed() {
      // moves the oldest note onto itself: it is looked at, and stays
      const note = await reader.blmove(
        `${namespace}:executions`,
        `${namespace}:executions`,
        'LEFT',
        'LEFT',
        PATIENCE_MS / 1_000,
      );
      if (note === null) throw notWithin(PATIENCE_MS, 'a first execution', []);
    },
    queue(name) {
      const queue = new Queue(name, {
        connection: cluster ? connect() : { url },
        prefix: prefixOf(name),
      });
      queue.on('error', error => say(error.message));
      queues.push(queue);
      return queue;
    },
    async records() {
      return (await redis.xrange(keys.runs, '-', '+')).map(parse);
    },
    async record(fits, withinMs = PATIENCE_MS) {
      const test =
        typeof fits === 'function'
          ? fits
          : (record: RunRecord) =>
              Object.entries(fits).every(
                ([key, value]) => record[key as keyof RunRecord] === value,
              );
      const end = performance.now() + withinMs;
      const seen: RunRecord[] = [];
      let after = '0';
      for (;;) {
        const read = await reader.xread(
          'BLOCK',
          Math.max(1, Math.ceil(end - performance.now())),
          'STREAMS',
          keys.runs,
          after,
        );
        for (const entry of read?.[0][1] ?? []) {
          after = entry[0];
          const record = parse(entry);
          if (test(record)) {
            return record;
          }
          seen.push(record);
          if (typeof fits === 'object' && endsOtherwise(record, fits)) {
            throw new Error(
              `Run ${record.id} ended ${record.state}, not ${
                fits.state
              }. ${listOf(seen)}`,
            );
          }
        }
        if (performance.now() >= end) {
          const what =
            typeof fits === 'function'
              ? `a record that fits ${fits}`
              : `a record ${JSON.stringify(fits)}`;
          throw notWithin(withinMs, what, seen);
        }
      }
    },
    end(runId, nth = 1) {
      let ends = 0;
      const isEnd = ({ id, state }: RunRecord) =>
        (runId === undefined || id === runId) &&
        isFinalState(state) &&
        (ends += 1) === nth;
      // shown in the error
      isEnd.toString = () => `end ${nth} of ${runId ?? 'any run'}`;
      return platform.record(isEnd);
    },
    async close() {
      children.forEach(child => child.kill('SIGKILL'));
      await Promise.all(workers.map(worker => worker.close({ force: true })));
      await Promise.all(queues.map(queue => queue.close()));
      reader.disconnect();
      redis.disconnect();
    },
  };
  return platform;
}

/** Whether a run has ended for good in another state than the awaited one. */
function endsOtherwise(
  { id, state }: RunRecord,
  wanted: Partial<RunRecord>,
): boolean {
  const isForGood = state === 'succeeded' || state === 'refused';
  return isForGood && id === wanted.id && state !== (wanted.state ?? state);
}

function notWithin(withinMs: number, what: string, seen: RunRecord[]): Error {
  return new Error(
    `Not within ${withinMs / 1_000} s: ${what}. ${listOf(seen)}`,
  );
}

/** The newest of some records, a line each. */
function listOf(records: RunRecord[]): string {
  const lines = records
    .slice(-20)
    .map(({ id, state, trigger, refusal }) =>
      [`  ${id} ${state} (${trigger})`, refusal?.message].join(' '),
    );
  return [`${records.length} other records, the newest last:`, ...lines].join(
    '\n',
  );
}
