import { randomUUID } from 'node:crypto';
import type { PermissionsService } from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { AuditedActions } from '../audit/auditedAction';
import { answer } from '../lib/answer';
import type { Route } from '../lib/routes';
import { agentActions } from './agentActions';

/** What the audit trail shows as the user agent of an action that came through the registry. */
const USER_AGENT = 'backstage-actions';

/** Registers {@link agentActions}. @throws Error if one names no route: told at start, not at the first call */
export function registerAgentActions(deps: {
  actionsRegistry: ActionsRegistryService;
  permissions: PermissionsService;
  routes: Route[];
  actions: AuditedActions;
}): void {
  const { actionsRegistry, routes } = deps;
  const byEndpoint = new Map(routes.map(r => [`${r.method} ${r.path}`, r]));
  for (const { endpoint, input, request, ...told } of agentActions) {
    const route = byEndpoint.get(endpoint);
    if (!route) throw new Error(`Action ${told.name}: no route ${endpoint}`);
    actionsRegistry.register({
      ...told,
      schema: {
        input: z => z.object(input(z)).strict(),
        output: z => z.object({}).passthrough(),
      },
      action: async ({ input: given, credentials }) => {
        const { params = {}, query = {}, body, headers } = request(given);
        const answered = await answer(
          route,
          {
            ...{ credentials, params, query, body },
            requestId: randomUUID(),
            userAgent: USER_AGENT,
            header: name => headers?.[name.toLowerCase()],
          },
          deps,
        );
        // as it would go over HTTP: without what JSON does not know
        return { output: JSON.parse(JSON.stringify(answered)) };
      },
    });
  }
}
