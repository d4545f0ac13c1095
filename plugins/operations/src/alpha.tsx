/**
 * Operations for the new frontend system.
 *
 * @packageDocumentation
 */
import type { ComponentType } from 'react';
import BuildIcon from '@material-ui/icons/BuildOutlined';
import type { Entity } from '@backstage/catalog-model';
import { DEFAULT_MOUNT_PATH } from '@craft-easy/backstage-plugin-operations-common';
import {
  ApiBlueprint,
  AppRootElementBlueprint,
  coreExtensionData,
  createFrontendPlugin,
  ExtensionBoundary,
  type OverridableFrontendPlugin,
  PageBlueprint,
  Progress,
  type RouteRef,
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

const subPages = capabilities.map(capability => {
  const Page = lazyPart(
    () =>
      Promise.all([import('./shell/SubPage'), capability.load()]).then(
        ([{ SubPage }, Part]) =>
          function Loaded() {
            return (
              <SubPage capability={capability}>
                <Part />
              </SubPage>
            );
          },
      ),
    <Progress />,
  );
  const { path } = capability;
  return SubPageBlueprint.make({
    name: path,
    attachTo: { id: 'page:operations', input: 'pages' },
    params: {
      path,
      title: TITLES.pages[path],
      // not the page itself: what fails to load shall say so in a sentence, and be tried again
      loader: async () => <Page />,
    },
  });
});

const LazySubPages = lazyPart(
  () => import('./shell/SubPages').then(m => m.SubPages),
  <Progress />,
);
const icon = <BuildIcon fontSize="inherit" />;

const page = PageBlueprint.makeWithOverrides({
  *factory(make, { config, inputs, node }) {
    const pages = inputs.pages.map(one => ({
      path: one.get(coreExtensionData.routePath),
      title: one.get(coreExtensionData.title) ?? '',
      element: one.get(coreExtensionData.reactElement),
    }));
    const title = config.title ?? TITLES.operations;
    const made = make({
      path: DEFAULT_MOUNT_PATH,
      routeRef: rootRouteRef,
      title: TITLES.operations,
    });
    for (const output of made) {
      if (output.id !== coreExtensionData.reactElement.id) yield output;
    }
    // an element, made once: what the blueprint's own `loader` makes starts anew with each render
    yield coreExtensionData.reactElement(
      <ExtensionBoundary node={node}>
        <LazySubPages title={title} icon={icon} pages={pages} />
      </ExtensionBoundary>,
    );
  },
});

/** Elements of the app's root have no loader of their own. */
const LazyNotice = lazyPart(parts.maintenanceNotice);

// written out: the type that the compiler finds has names in it that 1.55 does not know
/** The plugin, to be installed by a portal on the new frontend system. @alpha */
const plugin: OverridableFrontendPlugin<
  { root: RouteRef<undefined> },
  Record<string, never>
> = createFrontendPlugin({
  pluginId: 'operations',
  title: TITLES.operations,
  icon,
  routes: { root: rootRouteRef },
  info: { packageJson: () => import('../package.json') },
  extensions: [
    ApiBlueprint.make({ params: define => define(operationsApiFactory) }),
    page,
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

export default plugin;
