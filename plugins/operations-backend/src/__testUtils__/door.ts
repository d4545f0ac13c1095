import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import type { AuditedActions } from '../audit/auditedAction';
import { createAudit } from '../audit/createAudit';
import { createRouter } from '../lib/createRouter';
import type { Route } from '../lib/routes';

type AuditDeps = Parameters<typeof createAudit>[0];

/** The one door with its trail; Backstage's own audit log hears of nothing. */
export function testAudit(
  deps: Pick<AuditDeps, 'knex'> & Partial<AuditDeps>,
): ReturnType<typeof createAudit> {
  return createAudit({
    config: mockServices.rootConfig(),
    auditor: mockServices.auditor.mock({
      createEvent: async () => ({
        success: async () => {},
        fail: async () => {},
      }),
    }),
    logger: mockServices.logger.mock(),
    ...deps,
  });
}

/** Routes over HTTP, as the plugin serves them. */
export function routesPlugin(routes: Route[], actions?: AuditedActions) {
  return createBackendPlugin({
    pluginId: 'operations',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
        },
        async init(deps) {
          deps.httpRouter.use(createRouter({ ...deps, routes, actions }));
        },
      });
    },
  });
}
