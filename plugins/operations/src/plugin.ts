import {
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
} from '@backstage/core-plugin-api';
import { createCardExtension } from '@backstage/plugin-home-react';
import { operationsApiFactory } from './api';
import { parts } from './parts';
import { rootRouteRef } from '@craft-easy/backstage-plugin-operations-react';
import { routes } from './routes';
import { TITLES } from './shell/titles';

/** Operations for portals on the legacy frontend system. @public */
export const operationsPlugin = createPlugin({
  id: 'operations',
  routes,
  apis: [operationsApiFactory],
});

/** A component that a portal places, loaded when it is first shown. */
const placed = <T extends (props: any) => JSX.Element | null>(
  name: string,
  lazy: () => Promise<T>,
) =>
  operationsPlugin.provide(
    createComponentExtension({ name, component: { lazy } }),
  );

/** The Operations page, with a tab per capability; mount it where you like. @public */
export const OperationsPage = operationsPlugin.provide(
  createRoutableExtension({
    name: 'OperationsPage',
    component: parts.operationsPage,
    mountPoint: rootRouteRef,
  }),
);

/** On the page of an entity: the runs of a job, or the jobs that a group owns. @public */
export const EntityOperationsContent = placed(
  'EntityOperationsContent',
  parts.entityOperations,
);

/**
 * On the entity page of a job: its trend, failures and runs, as on its page in Operations.
 * @public
 */
export const EntityJobRunsContent = placed(
  'EntityJobRunsContent',
  parts.jobRuns,
);

/** On the entity page of a job: last run, next run and the shape of the last twenty. @public */
export const EntityJobCard = placed('EntityJobCard', parts.jobCard);

/** On the entity page of a tenant: its maintenance and its overridden limits. @public */
export const EntityTenantControlsCard = placed(
  'EntityTenantControlsCard',
  parts.tenantControlsCard,
);

/** On the entity page of a tenant: the jobs that run for it. @public */
export const EntityTenantJobsCard = placed(
  'EntityTenantJobsCard',
  parts.tenantJobsCard,
);

/** On the entity page of a tenant: its webhooks that finally failed. @public */
export const EntityTenantWebhooksCard = placed(
  'EntityTenantWebhooksCard',
  parts.tenantWebhooksCard,
);

/** On the page of a group: the flags that it owns. @public */
export const EntityFlagsCard = placed('EntityFlagsCard', parts.flagsCard);

/**
 * For the portal's root: shows operators the maintenance that is in force or near; `fixed` places
 * it in a corner above the page.
 * @public
 */
export const OperationsMaintenanceNotice = placed(
  'OperationsMaintenanceNotice',
  parts.maintenanceNotice,
);

/** On the entity page of a job: what of it needs attention. @public */
export const EntityAttentionCard = placed(
  'EntityAttentionCard',
  parts.attentionCard,
);

/** On the home page: what on the platform needs attention now. @public */
export const HomeAttentionCard = operationsPlugin.provide(
  createCardExtension({
    name: 'HomeAttentionCard',
    title: TITLES.home.attention,
    components: parts.homeAttention,
  }),
);
