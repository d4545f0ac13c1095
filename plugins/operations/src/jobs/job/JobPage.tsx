import { useState } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import {
  BreadcrumbEntry,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice, Skeleton, Stack, StaleNotice } from '../../components';
import { PageTitle } from '../../components/PageTitle';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useFilters } from '../../hooks/useUrlState';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { LazyRunNowDialog } from '../dialogs';
import { useLastRunDialog } from '../lastRun';
import { RunDrawer } from '../run/RunDrawer';
import { JOB_TOPICS } from '../topics';
import { useRunParam } from '../useRunParam';
import { BackToList } from './BackToList';
import { DeclarationsNotice } from './DeclarationsNotice';
import { Definition } from './Definition';
import { ErrorGroups } from './ErrorGroups';
import { JobAudit } from './JobAudit';
import { JobHeader } from './JobHeader';
import { ManualRunNotice } from './ManualRunNotice';
import { FILTERS } from './params';
import { PausedNotice } from './PausedNotice';
import { RunsSection } from './RunsSection';
import { TenantGridSection } from './TenantGridSection';
import { TrendSection } from './TrendSection';
import { jobMessages } from '../messages';

/** The page of a job at its own address. */
export function JobPage() {
  const { engine = '', name = '' } = useParams();
  const { pathname: href } = useLocation();
  const key = { engine, name };
  return (
    <BreadcrumbEntry entry={{ label: name, href }}>
      <BackToList />
      {/* another job is another page: no state of the previous one may stay */}
      <JobView key={`${engine}/${name}`} job={key} />
    </BreadcrumbEntry>
  );
}

/** All sections of one job: the same at its own address and on the page of its entity. */
export function JobView(props: { job: JobKey; embedded?: boolean }) {
  const { t } = useTranslationRef(jobMessages);
  const { job: key } = props;
  const { url, filter, clear } = useFilters(FILTERS);
  const run = useRunParam();
  const links = useLinks();
  const [runNow, setRunNow] = useState(false);
  const lastRun = useLastRunDialog();
  const job = useLive(
    'GET /jobs/:engine/:name',
    { params: key },
    { topics: JOB_TOPICS },
  );

  if (!job.data && job.error) {
    return (
      <ErrorNotice
        title={t('page.failure', { name: key.name })}
        error={job.error}
        onRetry={job.refresh}
        retried
        back={<Link to={links.pageHref('jobs')}>{t('page.back')}</Link>}
      />
    );
  }
  return (
    <Stack>
      {!props.embedded && (
        <PageTitle
          subject={key.name}
          status={job.data?.lastRun?.status}
          of={t('inventory.title')}
        />
      )}
      {job.data ? (
        <>
          <JobHeader
            job={job.data}
            live={job}
            embedded={props.embedded}
            onRun={() => setRunNow(true)}
            onLastRun={action => lastRun.open(job.data!, action)}
          />
          <StaleNotice of={job} />
          {!job.data.manualRun && <ManualRunNotice job={job.data} />}
          <PausedNotice job={job.data} />
          <DeclarationsNotice job={job.data} />
        </>
      ) : (
        <HeaderSkeleton name={key.name} />
      )}
      <TrendSection
        job={key}
        targetMs={job.data?.targetDurationMs}
        tenants={url.tenant}
        day={url.day}
        onDay={day => filter({ day })}
      />
      {job.data?.tenantScoped && (
        <TenantGridSection
          job={key}
          run={run}
          selected={url.tenant}
          onTenant={tenant => filter({ tenant })}
        />
      )}
      <ErrorGroups
        job={key}
        run={run}
        selected={url.group}
        onSelect={group => filter({ group })}
      />
      <RunsSection
        job={key}
        detail={job.data}
        run={run}
        filters={url}
        filter={filter}
        clear={clear}
      />
      {job.data && <Definition job={job.data} />}
      <JobAudit job={key} />
      <RunDrawer run={run} />
      {lastRun.dialog}
      {runNow && job.data && (
        <LazyRunNowDialog job={job.data} onClose={() => setRunNow(false)} />
      )}
    </Stack>
  );
}

function HeaderSkeleton(props: { name: string }) {
  return (
    <div aria-busy style={{ minHeight: 96 }}>
      <h2 style={{ margin: 0, fontSize: '1.375rem' }}>{props.name}</h2>
      <p>
        <Skeleton width="60%" />
      </p>
      <Skeleton width="35%" />
    </div>
  );
}
