import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import {
  AuthorizeResult,
  type AuthorizePermissionRequest,
} from '@backstage/plugin-permission-common';
import express from 'express';
import type { Knex } from 'knex';
import request from 'supertest';
import { AuditStore } from '../../audit/AuditStore';
import { createAuditedActions } from '../../audit/auditedAction';
import { createRedact } from '../../audit/redact';
import { createRouter } from '../../lib/createRouter';
import { Idempotency } from '../../lib/idempotency';
import { createCaches } from '../createCaches';

/** The routes of caches with everything behind them, over HTTP; only who may do what is the test's. */
export async function startCachesApi(options: {
  knex: Knex;
  targets: JsonObject[];
  /** names of permissions that are denied */
  denied?: string[];
}) {
  const { knex } = options;
  const logger = mockServices.logger.mock();
  const started: Array<() => unknown> = [];
  const stopped: Array<() => unknown> = [];
  const audit = new AuditStore(knex);
  const actions = createAuditedActions({
    store: audit,
    auditor: mockServices.auditor.mock({
      createEvent: async () => ({
        success: async () => {},
        fail: async () => {},
      }),
    }),
    idempotency: new Idempotency(knex),
    redact: createRedact(),
    logger,
  });
  const caches = createCaches({
    config: new ConfigReader({
      operations: { caches: { targets: options.targets } },
    }),
    knex,
    logger,
    lifecycle: {
      addStartupHook: hook => started.push(hook),
      addShutdownHook: hook => stopped.push(hook),
    },
    userInfo: mockServices.userInfo({
      ownershipEntityRefs: ['user:default/mock', 'group:default/operators'],
    }),
    audit,
    modules: [],
  });
  const decide = async (requests: AuthorizePermissionRequest[]) =>
    requests.map(({ permission }) => ({
      result: options.denied?.includes(permission.name)
        ? AuthorizeResult.DENY
        : AuthorizeResult.ALLOW,
    })) as Array<{ result: AuthorizeResult.ALLOW }>;
  const app = express();
  const router = createRouter({
    routes: caches.routes,
    actions,
    httpAuth: mockServices.httpAuth({
      defaultCredentials: mockCredentials.user(),
    }),
    permissions: mockServices.permissions.mock({ authorize: decide as never }),
  });
  app.use('/api/operations', router);
  app.use(router);
  const middleware = MiddlewareFactory.create({
    config: mockServices.rootConfig(),
    logger,
  });
  app.use(middleware.error());
  for (const hook of started) await hook();
  return {
    http: request(app),
    app,
    routes: caches.routes,
    attention: caches.attention,
    /** rows of the trail, oldest first */
    async trail() {
      const rows = await knex('audit').orderBy('sequence').select('body');
      return rows.map(row => JSON.parse(row.body));
    },
    async close() {
      for (const hook of stopped) await hook();
    },
  };
}
