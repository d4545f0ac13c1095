import { Navigate, Route, Routes } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Content,
  Header,
  HeaderTabs,
  Link,
  Page,
  Progress,
} from '@backstage/core-components';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { beside } from './beside';
import { capabilities } from './capabilities';
import { CapabilityPage } from './CapabilityPage';
import { lazyPart } from '../components/lazyPart';
import { shellMessages } from './messages';
import { NotFoundPage } from './NotFoundPage';
import { OperationsRoot } from './OperationsRoot';
import { useHere, useTabs } from './useTabs';

const pages = capabilities.map(capability => ({
  capability,
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
        <OperationsRoot page>
          <Routes>
            {pages.map(({ capability, Component }) => (
              <Route
                key={capability.path}
                path={`${capability.path}/*`}
                element={
                  <CapabilityPage capability={capability}>
                    <Component />
                  </CapabilityPage>
                }
              />
            ))}
            {beside.map(({ path, Component }) => (
              <Route key={path} path={path} element={<Component />} />
            ))}
            <Route
              index
              element={<Navigate to={capabilities[0].path} replace />}
            />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </OperationsRoot>
      </Content>
    </Page>
  );
}

function Tabs() {
  const links = useLinks();
  const here = useHere();
  const tabs = useTabs(here);
  const selected = tabs.findIndex(({ capability }) => capability.path === here);
  return (
    <HeaderTabs
      selectedIndex={Math.max(0, selected)}
      tabs={tabs.map(({ capability: { path }, label }) => ({
        id: path,
        label,
        tabProps: { component: Link, to: links.pageHref(path) },
      }))}
    />
  );
}
