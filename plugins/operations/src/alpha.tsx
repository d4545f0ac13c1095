/**
 * Operations for the new frontend system.
 *
 * @packageDocumentation
 */
import type { ComponentType } from 'react';
import BuildIcon from '@material-ui/icons/BuildOutlined';
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
  type SubRouteRef,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';
import { operationsApiFactory } from './api';
import { JOB_ANNOTATION, TENANT_ANNOTATION } from './entities';
import { parts } from './parts';
import { routes } from './routes';
import { rootRouteRef } from '@craft-easy/backstage-plugin-operations-react';
import {
  optionalFilters,
  optionalSeconds,
  refuseUnknownSettings,
} from '@craft-easy/backstage-plugin-operations-react/internal';
import { capabilities } from './shell/capabilities';
import { presettableOf, type Preset } from './shell/presets';
import { TITLES } from './shell/titles';
import { lazyPart } from './components/lazyPart';

type Load = () => Promise<ComponentType>;

/** Of which entities a tab or card is; the portal's configuration may set another `filter`. */
const IS_JOB = {
  [`metadata.annotations.${JOB_ANNOTATION}`]: { $exists: true },
};
const IS_TENANT = {
  [`metadata.annotations.${TENANT_ANNOTATION}`]: { $exists: true },
};
const IS_GROUP = { kind: 'group' };
type Filter = typeof IS_JOB | typeof IS_TENANT | typeof IS_GROUP;

const rendered = (load: Load) => async () => {
  const Part = await load();
  return <Part />;
};

const card = <const N extends string>(name: N, filter: Filter, load: Load) =>
  EntityCardBlueprint.makeWithOverrides({
    name,
    factory(make, { config, node }) {
      refuseUnknownSettings(node, config, ['filter', 'type']);
      return make({ filter, loader: rendered(load) });
    },
  });

const tab = <const N extends string>(
  name: N,
  path: string,
  title: string,
  filter: Filter,
  load: Load,
) =>
  EntityContentBlueprint.makeWithOverrides({
    name,
    factory(make, { config, node }) {
      refuseUnknownSettings(node, config, [
        ...['path', 'title', 'filter', 'group', 'icon'],
      ]);
      return make({ path, title, filter, loader: rendered(load) });
    },
  });

const subPages = capabilities.map(capability => {
  const Page = lazyPart(
    () =>
      Promise.all([import('./shell/SubPage'), capability.load()]).then(
        ([{ SubPage }, Part]) =>
          function Loaded(props: { preset?: Preset }) {
            return (
              <SubPage capability={capability} preset={props.preset}>
                <Part />
              </SubPage>
            );
          },
      ),
    <Progress />,
  );
  const { path } = capability;
  return SubPageBlueprint.makeWithOverrides({
    name: path,
    attachTo: { id: 'page:operations', input: 'pages' },
    configSchema: { filters: optionalFilters(presettableOf(path)) },
    factory(make, { config, node }) {
      refuseUnknownSettings(node, config, ['title', 'filters']);
      if (config.path !== undefined && config.path !== path) {
        throw new Error(
          `sub-page:operations/${path} stays at the path ${path}, where links and notifications lead: ${config.path} is none for it`,
        );
      }
      return make({
        path,
        title: TITLES.pages[path],
        // not the page itself: what fails to load shall say so in a sentence, and be tried again
        loader: async () => <Page preset={config.filters} />,
      });
    },
  });
});

const LazySubPages = lazyPart(
  () => import('./shell/SubPages').then(m => m.SubPages),
  <Progress />,
);
const icon = <BuildIcon fontSize="inherit" />;

const page = PageBlueprint.makeWithOverrides({
  configSchema: { pollSeconds: optionalSeconds },
  *factory(make, { config, inputs, node }) {
    refuseUnknownSettings(node, config, ['path', 'title', 'pollSeconds']);
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
        <LazySubPages
          title={title}
          icon={icon}
          pages={pages}
          pollSeconds={config.pollSeconds}
        />
      </ExtensionBoundary>,
    );
  },
});

/** Elements of the app's root have no loader of their own. */
const LazyNotice = lazyPart(parts.maintenanceNotice);

// written out: the type that the compiler finds has names in it that 1.55 does not know
/** The plugin, to be installed by a portal on the new frontend system. @alpha */
const plugin: OverridableFrontendPlugin<
  {
    root: RouteRef<undefined>;
    jobs: SubRouteRef<undefined>;
    job: SubRouteRef<{ engine: string; name: string }>;
    run: SubRouteRef<{ id: string }>;
    tenant: SubRouteRef<{ tenant: string }>;
    audit: SubRouteRef<undefined>;
  },
  Record<string, never>
> = createFrontendPlugin({
  pluginId: 'operations',
  title: TITLES.operations,
  icon,
  routes,
  info: { packageJson: () => import('../package.json') },
  extensions: [
    ApiBlueprint.make({ params: define => define(operationsApiFactory) }),
    page,
    ...subPages,
    tab('job-runs', '/runs', TITLES.entity.runs, IS_JOB, parts.jobRuns),
    tab(
      'owned-jobs',
      '/jobs',
      TITLES.entity.jobs,
      IS_GROUP,
      parts.entityOperations,
    ),
    card('job', IS_JOB, parts.jobCard),
    card('tenant-controls', IS_TENANT, parts.tenantControlsCard),
    card('tenant-jobs', IS_TENANT, parts.tenantJobsCard),
    card('tenant-webhooks', IS_TENANT, parts.tenantWebhooksCard),
    card('flags', IS_GROUP, parts.flagsCard),
    card('attention', IS_JOB, parts.attentionCard),
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
