import { useState, type ReactElement } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router-dom';
import {
  BreadcrumbEntry,
  PageLayout,
  pluginHeaderActionsApiRef,
  swappableComponentsApiRef,
  useApi,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Content } from '@backstage/core-components';
import { useLinks } from '../links';
import { shellMessages } from './messages';
import { NotFoundPage } from './NotFoundPage';
import { OperationsRoot } from './OperationsRoot';
import { TITLES } from './titles';
import { useTabs } from './useTabs';

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
}) {
  const { pages } = props;
  const { t } = useTranslationRef(shellMessages);
  // `PageLayout` itself is another component at each render: what is on the page would begin anew
  const components = useApi(swappableComponentsApiRef);
  const [Layout] = useState(() => components.getComponent(PageLayout.ref));
  const { root } = useLinks();
  const { pathname } = useLocation();
  const here = pathname.slice(root.length).split('/').filter(Boolean)[0];
  const ours = new Map(
    useTabs(here).map(tab => [tab.capability.path as string, tab]),
  );
  const headerActions = useApi(
    pluginHeaderActionsApiRef,
  ).getPluginHeaderActions('operations');
  const known = TITLES.pages as Record<string, string>;
  const tabs = pages.flatMap(({ path, title }) => {
    const isOurs = path in known;
    const tab = ours.get(path);
    if (isOurs && !tab) return [];
    // a title from the portal's configuration goes before the translation
    const label = tab && title === known[path] ? tab.label : title;
    return [{ id: path, label, href: path }];
  });
  return (
    <Layout
      title={props.title === TITLES.operations ? t('title') : props.title}
      icon={props.icon}
      titleLink={root}
      headerActions={headerActions}
      tabs={tabs}
    >
      <Routes>
        {pages.map(({ path, title, element }) => (
          <Route
            key={path}
            path={`${path}/*`}
            element={
              <BreadcrumbEntry entry={{ label: title, href: path }}>
                {element}
              </BreadcrumbEntry>
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
            <Content>
              <OperationsRoot>
                <NotFoundPage />
              </OperationsRoot>
            </Content>
          }
        />
      </Routes>
    </Layout>
  );
}
