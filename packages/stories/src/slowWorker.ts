/** A worker process whose only job takes longer than the worker lives: the story kills it. */
import { Redis } from 'ioredis';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';

const HOUR_MS = 3_600_000;

startWorker({
  connection: new Redis(process.env.REDIS_URL!),
  jobs: [
    defineJob({
      name: 'story-slow',
      description: 'Takes an hour',
      owner: 'group:default/platform',
      attempts: 1,
      handler: () => new Promise(resolve => setTimeout(resolve, HOUR_MS)),
    }),
  ],
});
