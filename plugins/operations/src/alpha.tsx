/**
 * Operations for the new frontend system.
 *
 * @packageDocumentation
 */
import type { ComponentType } from 'react';
import BuildIcon from '@material-ui/icons/BuildOutlined';
import type { Entity } from '@backstage/catalog-model';
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
import { operationsApiFactory } from './api';
import { isGroupEntity, isJobEntity, isTenantEntity } from './entities';
import { parts } from './parts';
import { rootRouteRef } from './routes';
import { capabilities } from './shell/capabilities';
import { TITLES } from './shell/titles';
import { lazyPart } from './components/lazyPart';

type Load = () => Promise<ComponentType>;
type Filter = (entity: Entity) => boolean;

const rendered = (load: Load) => async () => {
  const Part = await load();
  return <Part />;
};

const card = <const N extends string>(name: N, filter: Filter, load: Load) =>
  EntityCardBlueprint.make({
    name,
    params: { filter, loader: rendered(load) },
  });

const tab = <const N extends string>(
  name: N,
  path: string,
  title: string,
  filter: Filter,
  load: Load,
) =>
  EntityContentBlueprint.make({
    name,
    params: { path, title, filter, loader: rendered(load) },
  });

const subPages = capabilities.map(({ path, load }) =>
  SubPageBlueprint.make({
    name: path,
    attachTo: { id: 'page:operations', input: 'pages' },
    params: {
      path,
      title: TITLES.pages[path],
      loader: async () => {
        const [{ SubPage }, Capability] = await Promise.all([
          import('./shell/SubPage'),
          load(),
        ]);
        return (
          <SubPage page={path}>
            <Capability />
          </SubPage>
        );
      },
    },
  }),
);

/** Elements of the app's root have no loader of their own. */
const LazyNotice = lazyPart(parts.maintenanceNotice);

/** The plugin, to be installed by a portal on the new frontend system. @alpha */
export default createFrontendPlugin({
  pluginId: 'operations',
  title: TITLES.operations,
  icon: <BuildIcon fontSize="inherit" />,
  routes: { root: rootRouteRef },
  info: { packageJson: () => import('../package.json') },
  extensions: [
    ApiBlueprint.make({ params: define => define(operationsApiFactory) }),
    PageBlueprint.make({
      params: {
        path: '/operations',
        routeRef: rootRouteRef,
        title: TITLES.operations,
      },
    }),
    ...subPages,
    tab('job-runs', '/runs', TITLES.entity.runs, isJobEntity, parts.jobRuns),
    tab(
      'owned-jobs',
      '/jobs',
      TITLES.entity.jobs,
      isGroupEntity,
      parts.entityOperations,
    ),
    card('job', isJobEntity, parts.jobCard),
    card('tenant-controls', isTenantEntity, parts.tenantControlsCard),
    card('tenant-webhooks', isTenantEntity, parts.tenantWebhooksCard),
    card('flags', isGroupEntity, parts.flagsCard),
    card('attention', isJobEntity, parts.attentionCard),
    AppRootElementBlueprint.make({
      name: 'maintenance-notice',
      params: {
        element: <LazyNotice fixed />,
      },
    }),
    HomePageWidgetBlueprint.make({
      name: 'attention',
      params: {
        name: 'OperationsAttention',
        title: TITLES.home.attention,
        description: TITLES.home.description,
        components: parts.homeAttention,
        layout: { height: { minRows: 4 }, width: { minColumns: 4 } },
      },
    }),
  ],
});
