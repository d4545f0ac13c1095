import { deepStrictEqual, equal } from 'node:assert';
import {
  coreServices,
  createBackendPlugin,
  type PermissionsService,
} from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { createAudit } from '../audit/createAudit';
import { Api } from '../lib/api';
import type { AnyAction } from '../lib/actions';
import { createRouter } from '../lib/createRouter';
import type { ActionContext, Answer, RawRequest } from '../lib/context';
import type { Route } from '../lib/routes';
import type { AuditedActions } from '../audit/AuditedActions';
import type { Response } from 'express';
import { Access } from '../permissions/Access';
import { z } from 'zod';

type AuditOptions = Parameters<typeof createAudit>[0];

/** The audited actions with their trail; Backstage's own audit log keeps nothing. */
export function testAudit(
  options: Pick<AuditOptions, 'knex'> & Partial<AuditOptions>,
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
    ...options,
  });
}

/**
 * The API, which fails where it would answer what the endpoint does not declare: a column that
 * nobody meant to show, for example.
 */
export class TestApi extends Api {
  async answer(route: Route, raw: RawRequest, res?: Response): Promise<Answer> {
    const answer = await super.answer(route, raw, res);
    // another status is that of a request that awaits approval
    if (route.answer && answer.status === route.status) {
      const { auditId, ...rest } = answer.body as { auditId?: string };
      const body = route.role === 'action' ? rest : answer.body;
      const sent = JSON.parse(JSON.stringify(body));
      deepStrictEqual(sent, route.answer.parse(sent));
      if (route.role === 'action') equal(typeof auditId, 'string');
    }
    return answer;
  }
}

/** Routes over HTTP, as the plugin serves them. */
export function routesPlugin(
  routes: readonly Route[],
  actions: AuditedActions,
) {
  return createBackendPlugin({
    pluginId: 'operations',
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
        },
        async init({ httpAuth, httpRouter, permissions }) {
          const api = new TestApi({ routes, permissions, actions });
          httpRouter.use(createRouter({ api, httpAuth }));
        },
      });
    },
  });
}

/** The route of an action that a test makes up; its path is its name. */
export function testAction(
  action: AnyAction,
  shape: Partial<Route> = {},
): Route {
  return {
    action,
    method: 'POST',
    path: `/${action.name.replace('.', '/')}`,
    capability: 'tests',
    role: 'action',
    operationId: action.name,
    summary: action.name,
    permission: { open: 'a test' },
    status: 201,
    params: z.object({}),
    query: z.object({}),
    body: z.looseObject({ reason: z.string() }),
    ...shape,
  };
}

/** A request to an action, as the API hands it over. */
export function testContext(
  body: { reason: string },
  given: {
    actor?: string;
    requestId?: string;
    headers?: Record<string, string>;
  } = {},
): ActionContext {
  const credentials = mockCredentials.user();
  const { actor = 'user:default/mock', requestId = 'request' } = given;
  return {
    api: {} as Api,
    params: {},
    query: {},
    caller: { credentials, actor, requestId },
    access: new Access({} as PermissionsService, credentials),
    header: name => given.headers?.[name.toLowerCase()],
    body: () => body,
    rawReason: () => body.reason,
  };
}
