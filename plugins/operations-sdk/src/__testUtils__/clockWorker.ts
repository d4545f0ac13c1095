/**
 * A worker process for tests that set its clock. Each execution is noted in the list
 * `<namespace>:executions`: the slot, and Redis' time at which it began, both in epoch ms.
 */
import IORedis from 'ioredis';
import { defineJob, startWorker } from '../jobs';

const url = process.env.TEST_REDIS_URL!;
const namespace = process.env.TEST_NAMESPACE!;
const notes = new IORedis(url);

const worker = startWorker({
  jobs: [
    defineJob({
      name: 'tick',
      schedule: { cron: process.env.TEST_CRON! },
      manualRun: false,
      // a slot waits until somebody takes it whose clock is right
      startWithin: { minutes: 1 },
      handler: async ctx => {
        const [seconds, micros] = await notes.time();
        const at = Number(seconds) * 1_000 + Number(micros) / 1_000;
        await notes.rpush(
          `${namespace}:executions`,
          JSON.stringify([ctx.scheduledFor!.getTime(), at]),
        );
      },
    }),
  ],
  id: process.env.TEST_WORKER,
  connection: url,
  namespace,
  queuePrefix: process.env.TEST_PREFIX,
});
worker.ready.then(
  () => process.send!('ready'),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
