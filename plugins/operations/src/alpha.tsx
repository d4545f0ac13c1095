/**
 * Operations for the new frontend system.
 *
 * @packageDocumentation
 */
import { lazy, Suspense } from 'react';
import BuildIcon from '@material-ui/icons/BuildOutlined';
import { discoveryApiRef, fetchApiRef } from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  AppRootElementBlueprint,
  createFrontendPlugin,
  PageBlueprint,
  SubPageBlueprint,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from './api';
import { isJobEntity } from './jobEntity';
import { rootRouteRef } from './routes';
import { capabilities } from './shell/capabilities';
import { isTenantEntity } from './tenantEntity';

const operationsApi = ApiBlueprint.make({
  params: define =>
    define({
      api: operationsApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new OperationsClient(deps),
    }),
});

const operationsPage = PageBlueprint.make({
  params: { path: '/operations', routeRef: rootRouteRef, title: 'Operations' },
});

const subPages = capabilities.map(({ path, title, load }) =>
  SubPageBlueprint.make({
    name: path,
    attachTo: { id: 'page:operations', input: 'pages' },
    params: {
      path,
      title,
      loader: async () => {
        const [{ SubPage }, { default: Capability }] = await Promise.all([
          import('./shell/SubPage'),
          load(),
        ]);
        return (
          <SubPage>
            <Capability />
          </SubPage>
        );
      },
    },
  }),
);

const jobRunsContent = EntityContentBlueprint.make({
  name: 'job-runs',
  params: {
    path: '/runs',
    title: 'Runs',
    filter: isJobEntity,
    loader: () =>
      import('./jobs/entity').then(({ EntityJobRuns }) => <EntityJobRuns />),
  },
});

const ownedJobsContent = EntityContentBlueprint.make({
  name: 'owned-jobs',
  params: {
    path: '/jobs',
    title: 'Jobs',
    filter: entity => entity.kind.toLowerCase() === 'group',
    loader: () =>
      import('./jobs/entity').then(({ EntityOperations }) => (
        <EntityOperations />
      )),
  },
});

const jobCard = EntityCardBlueprint.make({
  name: 'job',
  params: {
    filter: isJobEntity,
    loader: () =>
      import('./jobs/entity').then(({ EntityJobCard }) => <EntityJobCard />),
  },
});

const tenantControlsCard = EntityCardBlueprint.make({
  name: 'tenant-controls',
  params: {
    filter: isTenantEntity,
    loader: () =>
      import('./controls/entity').then(({ EntityTenantControlsCard }) => (
        <EntityTenantControlsCard />
      )),
  },
});

const tenantWebhooksCard = EntityCardBlueprint.make({
  name: 'tenant-webhooks',
  params: {
    filter: isTenantEntity,
    loader: () =>
      import('./webhooks/entity').then(({ EntityTenantWebhooksCard }) => (
        <EntityTenantWebhooksCard />
      )),
  },
});

const flagsCard = EntityCardBlueprint.make({
  name: 'flags',
  params: {
    filter: entity => entity.kind.toLowerCase() === 'group',
    loader: () =>
      import('./controls/entity').then(({ EntityFlagsCard }) => (
        <EntityFlagsCard />
      )),
  },
});

/** Elements of the app's root have no loader of their own. */
const LazyNotice = lazy(() =>
  import('./maintenance/MaintenanceNotice').then(m => ({
    default: m.MaintenanceNotice,
  })),
);

const maintenanceNotice = AppRootElementBlueprint.make({
  name: 'maintenance-notice',
  params: {
    element: (
      <Suspense fallback={null}>
        <LazyNotice fixed />
      </Suspense>
    ),
  },
});

const attentionCard = EntityCardBlueprint.make({
  name: 'attention',
  params: {
    filter: isJobEntity,
    loader: () =>
      import('./attention/EntityAttention').then(({ EntityAttention }) => (
        <EntityAttention />
      )),
  },
});

const homeAttention = HomePageWidgetBlueprint.make({
  name: 'attention',
  params: {
    name: 'OperationsAttention',
    title: 'Attention',
    description: 'What needs somebody on the platform now',
    components: async () => {
      const { HomeAttention } = await import('./attention/HomeAttention');
      return { Content: HomeAttention };
    },
    layout: { height: { minRows: 4 }, width: { minColumns: 4 } },
  },
});

/** The plugin, to be installed by a portal on the new frontend system. @alpha */
export default createFrontendPlugin({
  pluginId: 'operations',
  title: 'Operations',
  icon: <BuildIcon fontSize="inherit" />,
  routes: { root: rootRouteRef },
  info: { packageJson: () => import('../package.json') },
  extensions: [
    operationsApi,
    operationsPage,
    ...subPages,
    jobRunsContent,
    ownedJobsContent,
    jobCard,
    tenantControlsCard,
    tenantWebhooksCard,
    flagsCard,
    maintenanceNotice,
    attentionCard,
    homeAttention,
  ],
});
