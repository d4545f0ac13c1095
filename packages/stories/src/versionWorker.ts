/**
 * A worker process of a rolling deploy: DEPLOYED is the number of its version. Each execution
 * leaves its slot and its version in a list in Redis.
 */
import { Redis } from 'ioredis';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';
import { ROLLING, VERSIONS } from './versions';

const redis = new Redis(process.env.REDIS_URL!, { maxRetriesPerRequest: null });
const deployed = Number(process.env.DEPLOYED);

startWorker({
  connection: redis,
  jobs: [
    defineJob({
      name: ROLLING.job,
      ...VERSIONS[deployed],
      handler: async ctx => {
        const slot = ctx.scheduledFor?.getTime();
        await redis.rpush(
          ROLLING.executions,
          JSON.stringify({ deployed, slot }),
        );
      },
    }),
  ],
});
