import {
  createApiFactory,
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { createCardExtension } from '@backstage/plugin-home-react';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from './api';
import { rootRouteRef } from './routes';

/** Operations for portals on the legacy frontend system. @public */
export const operationsPlugin = createPlugin({
  id: 'operations',
  routes: { root: rootRouteRef },
  apis: [
    createApiFactory({
      api: operationsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new OperationsClient(deps),
    }),
  ],
});

/** The Operations page, with a tab per capability; mount it at `/operations`. @public */
export const OperationsPage = operationsPlugin.provide(
  createRoutableExtension({
    name: 'OperationsPage',
    component: () =>
      import('./shell/OperationsPage').then(m => m.OperationsPage),
    mountPoint: rootRouteRef,
  }),
);

/** On an entity's page: a job's runs, or the jobs a group owns. @public */
export const EntityOperationsContent = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityOperationsContent',
    component: {
      lazy: () => import('./jobs/entity').then(m => m.EntityOperations),
    },
  }),
);

/** On a job's entity page: its trend, failures and runs, the same as on its page in Operations. @public */
export const EntityJobRunsContent = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityJobRunsContent',
    component: {
      lazy: () => import('./jobs/entity').then(m => m.EntityJobRuns),
    },
  }),
);

/** On a job's entity page: last run, next run and the shape of the last twenty. @public */
export const EntityJobCard = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityJobCard',
    component: {
      lazy: () => import('./jobs/entity').then(m => m.EntityJobCard),
    },
  }),
);

/** On the page of an entity that is a tenant: its maintenance and its overridden limits. */
export const EntityTenantControlsCard = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityTenantControlsCard',
    component: {
      lazy: () =>
        import('./controls/entity').then(m => m.EntityTenantControlsCard),
    },
  }),
);

/** On the page of an entity that is a tenant: its webhooks that failed for good. @public */
export const EntityTenantWebhooksCard = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityTenantWebhooksCard',
    component: {
      lazy: () =>
        import('./webhooks/entity').then(m => m.EntityTenantWebhooksCard),
    },
  }),
);

/** On a group's page: the flags that it owns. */
export const EntityFlagsCard = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityFlagsCard',
    component: {
      lazy: () => import('./controls/entity').then(m => m.EntityFlagsCard),
    },
  }),
);

/** For the portal's root: tells operators of maintenance that is in force or near; `fixed` puts it in a corner above the page. */
export const OperationsMaintenanceNotice = operationsPlugin.provide(
  createComponentExtension({
    name: 'OperationsMaintenanceNotice',
    component: {
      lazy: () =>
        import('./maintenance/MaintenanceNotice').then(
          m => m.MaintenanceNotice,
        ),
    },
  }),
);

/** On a job's entity page: what of it needs somebody. @public */
export const EntityAttentionCard = operationsPlugin.provide(
  createComponentExtension({
    name: 'EntityAttentionCard',
    component: {
      lazy: () =>
        import('./attention/EntityAttention').then(m => m.EntityAttention),
    },
  }),
);

/** On the home page: what needs somebody on the platform now. @public */
export const HomeAttentionCard = operationsPlugin.provide(
  createCardExtension({
    name: 'HomeAttentionCard',
    title: 'Attention',
    components: () =>
      import('./attention/HomeAttention').then(m => ({
        Content: m.HomeAttention,
      })),
  }),
);
