/**
 * A worker process for tests that kill it, or cancel over the border of a process. The
 * environment says where it works: TEST_REDIS_URL, TEST_NAMESPACE, TEST_PREFIX. Each execution is
 * noted in the list `<namespace>:executions`.
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
});
worker.ready.then(
  () => process.send!('ready'),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
