import { useContext, useState, type ReactElement } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import {
  BreadcrumbEntry,
  PageLayout,
  pluginHeaderActionsApiRef,
  swappableComponentsApiRef,
  useApi,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { PollInterval } from '@craft-easy/backstage-plugin-operations-react/internal';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { beside } from './beside';
import { shellMessages } from './messages';
import { NotFoundPage } from './NotFoundPage';
import { PageContent } from './PageContent';
import { TITLES } from './titles';
import { useHere, useTabs } from './useTabs';

/** A sub-page that is attached to the page: a capability's, or one of another plugin. */
export interface AttachedPage {
  path: string;
  title: string;
  element: ReactElement;
}

/**
 * The page of portals on the new frontend system. The page that a blueprint makes shows every tab
 * to everybody, and nothing at an address that has no page.
 */
export function SubPages(props: {
  title: string;
  icon: ReactElement;
  pages: AttachedPage[];
  /** how often the pages ask for what is new, where they say nothing else */
  pollSeconds?: number;
}) {
  const usual = useContext(PollInterval);
  const { pollSeconds } = props;
  const { pages } = props;
  const { t } = useTranslationRef(shellMessages);
  // `PageLayout` itself is another component at each render: what is on the page would begin anew
  const components = useApi(swappableComponentsApiRef);
  const [Layout] = useState(() => components.getComponent(PageLayout.ref));
  const { root } = useLinks();
  const ours = new Map(
    useTabs(useHere()).map(tab => [tab.capability.path as string, tab]),
  );
  const headerActions = useApi(
    pluginHeaderActionsApiRef,
  ).getPluginHeaderActions('operations');
  const known = TITLES.pages as Record<string, string>;
  // a title from the portal's configuration goes before the translation
  const labelOf = ({ path, title }: AttachedPage) =>
    (title === known[path] && ours.get(path)?.label) || title;
  const tabs = pages
    .filter(({ path }) => ours.has(path) || !(path in known))
    .map(page => ({ id: page.path, label: labelOf(page), href: page.path }));
  return (
    <PollInterval.Provider
      value={pollSeconds === undefined ? usual : pollSeconds * 1000}
    >
      <Layout
        title={props.title === TITLES.operations ? t('title') : props.title}
        icon={props.icon}
        titleLink={root}
        headerActions={headerActions}
        tabs={tabs}
      >
        <Routes>
          {pages.map(page => (
            <Route
              key={page.path}
              path={`${page.path}/*`}
              element={
                <BreadcrumbEntry
                  entry={{ label: labelOf(page), href: page.path }}
                >
                  {page.element}
                </BreadcrumbEntry>
              }
            />
          ))}
          {beside.map(({ path, Component }) => (
            <Route
              key={path}
              path={path}
              element={
                <PageContent>
                  <Component />
                </PageContent>
              }
            />
          ))}
          <Route
            index
            element={pages[0] && <Navigate to={pages[0].path} replace />}
          />
          <Route
            path="*"
            element={
              <PageContent>
                <NotFoundPage />
              </PageContent>
            }
          />
        </Routes>
      </Layout>
    </PollInterval.Provider>
  );
}
