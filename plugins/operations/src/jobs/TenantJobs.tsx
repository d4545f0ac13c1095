import { InfoCard, Link } from '@backstage/core-components';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import {
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { useMay } from '../access/useMay';
import { Loaded } from '../components';
import { tenantOfEntity } from '../entities';
import { shellMessages } from '../shell/messages';
import { JOB_TOPICS } from './topics';

/** A card on the entity page of a tenant: its jobs. */
export function EntityTenantJobsCard() {
  const tenant = tenantOfEntity(useEntity().entity);
  return tenant ? <TenantJobs tenant={tenant} /> : null;
}

/** A card of the jobs that run for a tenant; nothing for whoever may not read jobs. */
export function TenantJobs({ tenant }: { tenant: string }) {
  const { t } = useTranslationRef(shellMessages);
  const may = useMay(jobReadPermission)?.allowed;
  const links = useLinks();
  const jobs = useLive(
    'GET /jobs',
    may ? { query: { tenant: [tenant], limit: 1 } } : null,
    { topics: JOB_TOPICS },
  );
  if (!may) return null;
  return (
    <InfoCard title={t('pages.jobs')}>
      <Loaded of={jobs} failure={t('tenant.jobs.failure')}>
        {({ totalItems }) => (
          <Link to={links.pageHref('jobs', { tenant })}>
            {t('tenant.jobs.count', { count: totalItems })}
          </Link>
        )}
      </Loaded>
    </InfoCard>
  );
}
