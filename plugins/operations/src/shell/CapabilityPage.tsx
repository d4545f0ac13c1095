import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import { docsHref } from '@craft-easy/backstage-plugin-operations-react/internal';
import { isInUse, useMyPermissions } from '../access/useMay';
import type { OptionalPage } from '@craft-easy/backstage-plugin-operations-common/internal';
import { PendingRequests } from '../approvals/PendingRequests';
import { MaintenanceNotice } from '../maintenance/MaintenanceNotice';
import type { Capability } from './capabilities';
import { shellMessages } from './messages';
import { NoAccess } from './NoAccess';
import { TitledPage } from './TitledPage';
import { documentOf, UnusedPage } from './UnusedPage';
import { mayRead } from './useTabs';

/**
 * The frame of a capability's page, in either frontend system: what is in maintenance, what was
 * asked for here and waits, then the page, or who may read it.
 */
export function CapabilityPage(props: {
  capability: Capability;
  children: ReactNode;
}) {
  const { capability, children } = props;
  return (
    <TitledPage page={capability.path}>
      <MaintenanceNotice />
      {capability.actions && <PendingRequests of={capability.actions} />}
      <Readable capability={capability}>{children}</Readable>
    </TitledPage>
  );
}

/** A page, unless this portal is known not to use it or the user not to be allowed to read it. */
function Readable(props: { capability: Capability; children: ReactNode }) {
  const { t } = useTranslationRef(shellMessages);
  const { mine } = useMyPermissions();
  const { read, path } = props.capability;
  if (read && !mayRead(props.capability, mine)) {
    return <NoAccess page={t(`pages.${path}`)} permission={read} />;
  }
  return mine && !isInUse(path, mine) ? (
    <UnusedPage page={path as OptionalPage} />
  ) : (
    <>
      {props.children}
      <p>
        <Link to={docsHref(documentOf(path))}>{t('docs')}</Link>
      </p>
    </>
  );
}
