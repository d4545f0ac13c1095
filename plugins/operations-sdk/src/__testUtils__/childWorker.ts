/**
 * A worker process for tests that kill it, or cancel over the border of a process. The
 * environment says where it works: TEST_REDIS_URL, TEST_NAMESPACE, TEST_PREFIX; and whether it dies
 * when it asks its witness: TEST_DIES_AT_WITNESS. Each execution is noted in the list
 * `<namespace>:executions`.
 */
import IORedis from 'ioredis';
import { startWorker } from '../jobs';
import { createTestJobs } from './jobs';

const url = process.env.TEST_REDIS_URL!;
const namespace = process.env.TEST_NAMESPACE!;

const notes = new IORedis(url);
const worker = startWorker({
  jobs: createTestJobs(text => notes.rpush(`${namespace}:executions`, text)),
  connection: url,
  namespace,
  queuePrefix: process.env.TEST_PREFIX,
  lockDurationMs: 1_000,
  stalledIntervalMs: 1_000,
  // the process dies after Redis has the claim, and before the handler is called
  witness: process.env.TEST_DIES_AT_WITNESS
    ? {
        claim: () => {
          process.kill(process.pid, 'SIGKILL');
          return new Promise(() => {});
        },
      }
    : undefined,
});
worker.ready.then(
  () => process.send!('ready'),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
