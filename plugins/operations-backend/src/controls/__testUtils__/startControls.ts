import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createRouter } from '../../lib/createRouter';
import { TestApi, testAudit } from '../../__testUtils__/testApi';
import {
  ALLOW,
  permissionsOf,
  type TestPolicy,
} from '../../__testUtils__/startOperations';
import { OFREP_PATH } from '../../flags/ofrep/router';
import { createControls } from '../createControls';

/** The API of the controls over a database and a real Redis. */
export async function startControls(options: {
  knex: Knex;
  redis?: PrivateTestRedis;
  policy?: TestPolicy;
  config?: JsonObject;
}) {
  const { knex } = options;
  const server = options.redis ?? (await startPrivateRedis());
  const config = new ConfigReader({
    operations: {
      redis: { url: server.url, namespace: server.namespace },
      ...options.config,
    },
  });
  const logger = mockServices.logger.mock();
  const redis = createOperationsRedis(readRedisOptions(config), logger);
  const audit = testAudit({ knex, logger });
  let stopControls = async () => {};
  let attention: ReturnType<typeof createControls>['attention'] = [];
  let routes: ReturnType<typeof createControls>['routes'] = [];
  const plugin = createBackendPlugin({
    pluginId: 'operations',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
          rootHttpRouter: coreServices.rootHttpRouter,
        },
        async init(deps) {
          const controls = createControls({
            ...deps,
            config,
            knex,
            redis,
            logger,
            changes: { changed: () => {} },
          });
          ({ attention, routes } = controls);
          deps.httpRouter.use(controls.publicRouter);
          deps.httpRouter.addAuthPolicy({
            path: '/public/maintenance',
            allow: 'unauthenticated',
          });
          const api = new TestApi({
            routes,
            permissions: deps.permissions,
            actions: audit.actions,
          });
          deps.httpRouter.use(createRouter({ api, httpAuth: deps.httpAuth }));
          deps.rootHttpRouter.use(OFREP_PATH, controls.ofrep);
          await controls.start();
          stopControls = controls.stop;
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [plugin, permissionsOf(options.policy ?? (() => ALLOW))],
  });
  return {
    http: backend.server,
    url: `http://localhost:${backend.server.port()}`,
    server,
    redis,
    knex,
    attention,
    routes,
    async stop() {
      await stopControls();
      await backend.stop();
      redis.close();
      if (!options.redis) await server.close();
    },
  };
}
