import { Content } from '@backstage/core-components';
import {
  coreExtensionData,
  createExtensionBlueprint,
  ExtensionBoundary,
} from '@backstage/frontend-plugin-api';
import { PAGES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { optionalString, refuseUnknownSettings } from './configSchema';

/** What Operations has itself below its mount point: its tabs, a run and a tenant. */
const TAKEN: readonly string[] = [...PAGES, 'run', 'tenants'];

/**
 * A tab of your own beside those of Operations, of a portal on the new frontend system: part of its
 * page, below its header, at `<mount point>/<path>`.
 *
 * `path` is one segment without slashes, and owns all below it. `title` is the tab's; the portal's
 * configuration may set another (`title`), and the path. `loader` gives the content, loaded when
 * the tab is first opened. Who may see the tab is said with `if`, as of any extension; the backend
 * still has to check.
 *
 * @throws Error when the portal starts, where `path` is more than a segment, or one of Operations,
 *   and where the configuration sets anything else
 * @public
 */
export const OperationsCapabilityBlueprint = createExtensionBlueprint({
  kind: 'operations-capability',
  attachTo: { id: 'page:operations', input: 'pages' },
  output: [
    coreExtensionData.routePath,
    coreExtensionData.title,
    coreExtensionData.reactElement,
  ],
  configSchema: { path: optionalString, title: optionalString },
  *factory(
    params: {
      path: string;
      title: string;
      loader: () => Promise<JSX.Element>;
    },
    { config, node },
  ) {
    refuseUnknownSettings(node, config, ['path', 'title']);
    const path = config.path ?? params.path;
    if (!/^[\w.~-]+$/.test(path)) {
      throw new Error(
        `The path of a tab of Operations is one segment, such as releases, without slashes: ${path} is none`,
      );
    }
    if (TAKEN.includes(path)) {
      throw new Error(
        `The path ${path} is one of Operations itself: give the tab another one`,
      );
    }
    yield coreExtensionData.routePath(path);
    yield coreExtensionData.title(config.title ?? params.title);
    yield coreExtensionData.reactElement(
      ExtensionBoundary.lazy(node, async () => (
        <Content>{await params.loader()}</Content>
      )),
    );
  },
});
