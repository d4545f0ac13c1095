import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  type PermissionsService,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node';
import type { TestRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createAudit } from '../../audit/createAudit';
import { createRouter } from '../../lib/createRouter';
import { createWebhooks } from '../createWebhooks';

type Policy = (
  permission: Permission,
  user: string | undefined,
) => PolicyDecision;
const allowAll: Policy = () => ({ result: AuthorizeResult.ALLOW });

/** The capability as a replica of the portal runs it: real database, real Redis, real HTTP. */
export async function startWebhooks(options: {
  knex: Knex;
  redis: TestRedis;
  policy?: Policy;
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
  const audit = createAudit({
    knex,
    config: mockServices.rootConfig(),
    auditor: mockServices.auditor.mock({
      createEvent: async () => ({
        success: async () => {},
        fail: async () => {},
      }),
    }),
    logger,
  });
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
    door: audit.door,
    health,
    onChanged: () => {},
  });
  const plugin = createBackendPlugin({
    pluginId: 'operations',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
        },
        async init(deps) {
          deps.httpRouter.use(
            createRouter({
              ...deps,
              routes: [...webhooks.routes, ...audit.routes],
            }),
          );
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [plugin, permissionsOf(options.policy ?? allowAll)],
  });
  webhooks.start();
  return {
    server: backend.server,
    knex,
    webhooks,
    redis,
    health,
    /** Resolves when the condition holds, looked at after changes, four times a second at most so that the looking is no load of its own. */
    async until(condition: () => Promise<boolean>): Promise<void> {
      while (!(await condition())) await delay(250);
    },
    async stop() {
      await webhooks.stop();
      await backend.stop();
      redis.close();
    },
  };
}

function permissionsOf(policy: Policy) {
  const decide = (
    requests: Array<{ permission: Permission }>,
    credentials: BackstageCredentials,
  ) => {
    const { userEntityRef } = credentials.principal as BackstageUserPrincipal;
    return requests.map(r => policy(r.permission, userEntityRef));
  };
  return createServiceFactory({
    service: coreServices.permissions,
    deps: {},
    factory: () =>
      ({
        authorize: async (requests, { credentials }) =>
          decide(requests, credentials),
        authorizeConditional: async (requests, { credentials }) =>
          decide(requests, credentials),
      } as PermissionsService),
  });
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
