/**
 * `yarn start` in this package: the HTTP API alone, with a job to try it on. Every caller is the
 * mock user, who may do everything. Needs a Redis: `REDIS_URL`, or the one on port 6379.
 *
 *     curl http://localhost:7007/api/operations/v1/jobs
 */
import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';

const backend = createBackend();

backend.add(mockServices.auth.factory());
backend.add(mockServices.httpAuth.factory());
backend.add(mockServices.userInfo.factory());
backend.add(
  mockServices.permissions.factory({ result: AuthorizeResult.ALLOW }),
);
backend.add(catalogServiceMock.factory());
// app-config.yaml shares events by the events backend, which is not here
backend.add(mockServices.events.factory());

backend.add(import('../src'));
backend.add(
  import('@craft-easy/backstage-plugin-operations-backend-module-bullmq'),
);

backend.start();

startWorker({
  connection: process.env.REDIS_URL ?? 'redis://localhost:6379',
  jobs: [
    defineJob({
      name: 'count-to-ten',
      description: 'Counts to ten, one number a second',
      cancellable: true,
      handler: async ctx => {
        for (let n = 1; n <= 10; n++) {
          ctx.throwIfCancelled();
          ctx.log(`${n}`);
          await ctx.progress(10 * n);
          await new Promise(resolve => setTimeout(resolve, 1_000));
        }
      },
    }),
  ],
});
