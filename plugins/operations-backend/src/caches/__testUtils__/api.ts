import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import {
  AuthorizeResult,
  type AuthorizePermissionRequest,
} from '@backstage/plugin-permission-common';
import type { CacheTarget } from '@craft-easy/backstage-plugin-operations-node';
import express from 'express';
import type { Knex } from 'knex';
import request from 'supertest';
import { TestApi, testAudit } from '../../__testUtils__/testApi';
import { createRouter } from '../../lib/createRouter';
import { createCaches } from '../createCaches';

/**
 * The routes of caches with everything behind them, over HTTP; only who may do what is the test's.
 */
export async function startCachesApi(options: {
  knex: Knex;
  targets: JsonObject[];
  /** entries of `operations.jobs.observedQueues` */
  observedQueues?: JsonObject[];
  /** as modules add them */
  added?: CacheTarget[];
  /** names of permissions that are denied */
  denied?: string[];
}) {
  const { knex } = options;
  const logger = mockServices.logger.mock();
  const audit = testAudit({ knex, logger });
  const caches = createCaches({
    config: new ConfigReader({
      operations: {
        caches: { targets: options.targets },
        jobs: { observedQueues: options.observedQueues },
      },
    }),
    knex,
    logger,
    userInfo: mockServices.userInfo({
      ownershipEntityRefs: ['user:default/mock', 'group:default/operators'],
    }),
    audit,
    targets: options.added ?? [],
  });
  const decide = async (requests: AuthorizePermissionRequest[]) =>
    requests.map(({ permission }) => ({
      result: options.denied?.includes(permission.name)
        ? AuthorizeResult.DENY
        : AuthorizeResult.ALLOW,
    })) as Array<{ result: AuthorizeResult.ALLOW }>;
  const app = express();
  const router = createRouter({
    api: new TestApi({
      routes: caches.routes,
      permissions: mockServices.permissions.mock({
        authorize: decide as never,
      }),
      actions: audit.actions,
    }),
    httpAuth: mockServices.httpAuth({
      defaultCredentials: mockCredentials.user(),
    }),
  });
  app.use('/api/operations', router);
  app.use(router);
  const middleware = MiddlewareFactory.create({
    config: mockServices.rootConfig(),
    logger,
  });
  app.use(middleware.error());
  await caches.start?.();
  return {
    http: request(app),
    app,
    routes: caches.routes,
    attention: caches.attention![0],
    /** rows of the trail, oldest first */
    async trail() {
      const rows = await knex('audit').orderBy('sequence').select('body');
      return rows.map(row => JSON.parse(row.body));
    },
    async close() {
      await caches.stop?.();
    },
  };
}
