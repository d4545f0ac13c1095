import { useState } from 'react';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { ErrorNotice } from '../../components/ErrorNotice';
import { StaleNotice } from '../../components/Freshness';
import { Skeleton } from '../../components/Skeleton';
import { Stack } from '../../components/Stack';
import { useLive } from '../../hooks/useLive';
import { useUrlState } from '../../hooks/useUrlState';
import { LazyRunNowDialog } from '../dialogs';
import { RunDrawer } from '../run';
import { JOB_TOPICS } from '../topics';
import { useRunParam } from '../useRunParam';
import { Definition } from './Definition';
import { ErrorGroups } from './ErrorGroups';
import { JobAudit } from './JobAudit';
import { JobHeader } from './JobHeader';
import { ManualRunNotice } from './ManualRunNotice';
import { JOB_PARAMS } from './params';
import { RunsSection } from './RunsSection';
import { TenantGridSection } from './TenantGridSection';
import { TrendSection } from './TrendSection';

/** Everything about one job: the same at its own address and on its entity's page. */
export function JobView(props: { job: JobKey; embedded?: boolean }) {
  const { job: key } = props;
  const [filters, setFilters] = useUrlState(JOB_PARAMS);
  const run = useRunParam();
  const [runNow, setRunNow] = useState(false);
  const job = useLive(['job', key.engine, key.name], api => api.getJob(key), {
    topics: JOB_TOPICS,
  });

  if (!job.data && job.error) {
    return (
      <ErrorNotice
        title={`Job ${key.name} could not be loaded`}
        error={job.error}
        onRetry={job.refresh}
      />
    );
  }
  const zone =
    job.data?.schedule && 'timezone' in job.data.schedule
      ? job.data.schedule.timezone
      : undefined;
  return (
    <Stack>
      {job.data ? (
        <>
          <JobHeader
            job={job.data}
            live={job}
            embedded={props.embedded}
            onRun={() => setRunNow(true)}
          />
          <StaleNotice
            freshness={job.data.freshness}
            error={job.error}
            updatedAt={job.updatedAt}
          />
          {!job.data.manualRun && <ManualRunNotice job={job.data} />}
        </>
      ) : (
        <HeaderSkeleton name={key.name} />
      )}
      <TrendSection
        job={key}
        targetMs={job.data?.targetDurationMs}
        tenants={filters.tenant}
        day={filters.day}
        onDay={day => setFilters({ day, cursor: undefined, page: undefined })}
      />
      {job.data?.tenantScoped && (
        <TenantGridSection
          job={key}
          run={run}
          selected={filters.tenant}
          onTenant={tenant =>
            setFilters({ tenant, cursor: undefined, page: undefined })
          }
        />
      )}
      <ErrorGroups
        job={key}
        run={run}
        selected={filters.group}
        onSelect={group =>
          setFilters({ group, cursor: undefined, page: undefined })
        }
      />
      <RunsSection
        job={key}
        detail={job.data}
        zone={zone}
        run={run}
        filters={filters}
        setFilters={setFilters}
      />
      {job.data && <Definition job={job.data} />}
      <JobAudit job={key} />
      <RunDrawer run={run} job={job.data} />
      {runNow && job.data && (
        <LazyRunNowDialog
          open
          job={job.data}
          onClose={() => setRunNow(false)}
        />
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
