import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { routesPlugin, testAudit } from '../../__testUtils__/testApi';
import {
  ALLOW,
  permissionsOf,
  type TestPolicy,
} from '../../__testUtils__/startOperations';
import { createWebhooks } from '../createWebhooks';

/** The capability as a replica of the portal runs it: real database, real Redis, real HTTP. */
export async function startWebhooks(options: {
  knex: Knex;
  redis: TestRedis;
  policy?: TestPolicy;
}) {
  const { knex } = options;
  const { url, namespace, queuePrefix } = options.redis;
  const logger = mockServices.logger.mock();
  const redis = createOperationsRedis(
    readRedisOptions(
      mockServices.rootConfig({
        data: { operations: { redis: { url, namespace, queuePrefix } } },
      }),
    ),
    logger,
  );
  const audit = testAudit({ knex, logger });
  const health = { available: true, asOf: new Date().toISOString() } as {
    available: boolean;
    asOf: string;
    reason?: string;
  };
  const webhooks = createWebhooks({
    knex,
    redis,
    logger,
    config: mockServices.rootConfig(),
    health,
    changes: { changed: () => {} },
  });
  const backend = await startTestBackend({
    features: [
      routesPlugin([...webhooks.routes, ...audit.routes], audit.actions),
      permissionsOf(options.policy ?? (() => ALLOW)),
    ],
  });
  webhooks.start();
  return {
    server: backend.server,
    knex,
    webhooks,
    redis,
    health,
    /**
     * Resolves when the condition holds, looked at after changes, four times a second at most so
     * that the looking is no load of its own.
     */
    until: (
      condition: () => Promise<boolean>,
      withinMs: number = 60_000,
    ): Promise<void> => until(condition, { withinMs, everyMs: 250 }),
    async stop() {
      await webhooks.stop();
      await backend.stop();
      redis.close();
    },
  };
}

/** Starts a dispatcher in a process of its own. */
export async function startDispatcher(
  redis: TestRedis,
  receiver: string,
): Promise<ChildProcess> {
  const { url, namespace, queuePrefix } = redis;
  const child = fork(require.resolve('./dispatcherProcess.ts'), {
    execArgv: [
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
    ],
    env: {
      ...process.env,
      DISPATCHER: JSON.stringify({ url, namespace, queuePrefix, receiver }),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // what loads TypeScript sends messages of its own
  let message: unknown;
  while (message !== 'ready') [message] = await once(child, 'message');
  return child;
}
