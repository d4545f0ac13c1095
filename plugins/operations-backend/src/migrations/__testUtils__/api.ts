import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MiddlewareFactory } from '@backstage/backend-defaults/rootHttpRouter';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { MigrationStatusSource } from '@craft-easy/backstage-plugin-operations-node';
import express from 'express';
import type { Knex } from 'knex';
import type { AuditedActions } from '../../audit/AuditedActions';
import { TestApi } from '../../__testUtils__/testApi';
import { createRouter } from '../../lib/createRouter';
import { MigrationsService } from '../MigrationsService';
import { ReportStore } from '../ReportStore';
import { migrationRoutes } from '../router';

/**
 * The routes of migrations on a port, for reporters and pipelines that are processes of their own.
 */
export async function startMigrationsApi(options: {
  knex: Knex;
  sources?: MigrationStatusSource[];
  now?: () => number;
}) {
  const service = new MigrationsService(
    new ReportStore(options.knex),
    options.sources ?? [],
    options.now,
  );
  const allow = async (requests: unknown[]) =>
    requests.map(() => ({ result: AuthorizeResult.ALLOW }));
  const routes = migrationRoutes(service);
  const app = express();
  app.use(
    '/api/operations',
    createRouter({
      api: new TestApi({
        routes,
        permissions: mockServices.permissions.mock({
          authorize: allow as never,
        }),
        actions: {} as AuditedActions,
      }),
      // a request whose header is missing or wrong has no credentials
      httpAuth: mockServices.httpAuth({
        defaultCredentials: mockCredentials.none(),
      }),
    }),
  );
  const middleware = MiddlewareFactory.create({
    config: mockServices.rootConfig(),
    logger: mockServices.logger.mock(),
  });
  app.use(middleware.error());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    app,
    routes,
    service,
    async get(path: string) {
      const response = await fetch(`${url}/api/operations/v1${path}`, {
        headers: { authorization: `Bearer ${mockCredentials.service.token()}` },
      });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
