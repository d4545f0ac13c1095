import { Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Content,
  Header,
  HeaderTabs,
  Link,
  Page,
  Progress,
} from '@backstage/core-components';
import { MaintenanceNotice } from '../maintenance/MaintenanceNotice';
import { useLinks } from '../links';
import { capabilities } from './capabilities';
import { OperationsRoot } from './OperationsRoot';
import { TitledPage } from './TitledPage';
import { lazyPart } from '../components/lazyPart';
import { shellMessages } from './messages';

const pages = capabilities.map(capability => ({
  ...capability,
  Component: lazyPart(capability.load, <Progress />),
}));

/**
 * The page of portals on the legacy frontend system; the new system draws header and tabs itself.
 */
export function OperationsPage() {
  const { t } = useTranslationRef(shellMessages);
  return (
    <Page themeId="tool">
      <Header title={t('title')} />
      <Tabs />
      <Content>
        <OperationsRoot>
          <MaintenanceNotice />
          <Routes>
            {pages.map(({ path, Component }) => (
              <Route
                key={path}
                path={`${path}/*`}
                element={
                  <TitledPage page={path}>
                    <Component />
                  </TitledPage>
                }
              />
            ))}
            <Route path="*" element={<Navigate to={pages[0].path} replace />} />
          </Routes>
        </OperationsRoot>
      </Content>
    </Page>
  );
}

function Tabs() {
  const { t } = useTranslationRef(shellMessages);
  const links = useLinks();
  const { pathname } = useLocation();
  const here = pathname.slice(links.root.length).split('/').filter(Boolean)[0];
  const selected = pages.findIndex(page => page.path === here);
  return (
    <HeaderTabs
      selectedIndex={Math.max(0, selected)}
      tabs={pages.map(page => ({
        id: page.path,
        label: t(`pages.${page.path}`),
        tabProps: { component: Link, to: links.pageHref(page.path) },
      }))}
    />
  );
}
