import { useNavigate } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InfoCard, Link } from '@backstage/core-components';
import { useEntity } from '@backstage/plugin-catalog-react';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../components/EmptyState';
import { Loaded } from '../components/Loaded';
import { RelativeTime } from '../components/RelativeTime';
import { Stack } from '../components/Stack';
import { StatusChip } from '../components/StatusChip';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { jobOfEntity } from '../entities';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { InventoryPage } from './inventory/InventoryPage';
import { JobView } from './job/JobPage';
import { NextRun } from './NextRun';
import { RunBars } from './RunBars';
import { JOB_TOPICS } from './topics';
import { jobMessages } from './messages';

/** The page of a job, or the jobs that a group owns, on the page of their entity. */
export function EntityOperations() {
  const { entity } = useEntity();
  if (jobOfEntity(entity)) return <EntityJobRuns />;
  return <InventoryPage owner={stringifyEntityRef(entity)} />;
}

/** The page of the job that an entity is. */
export function EntityJobRuns() {
  const { t } = useTranslationRef(jobMessages);
  const job = jobOfEntity(useEntity().entity);
  if (job) return <JobView job={job} embedded />;
  return (
    <EmptyState title={t('card.noJob.title')}>
      {t('card.noJob.text')}
    </EmptyState>
  );
}

/** A card on the entity page of a job: its last run, its next run, and its last twenty runs. */
export function EntityJobCard() {
  const job = jobOfEntity(useEntity().entity);
  return job ? <JobCard job={job} /> : null;
}

function JobCard(props: { job: JobKey }) {
  const { t } = useTranslationRef(jobMessages);
  const links = useLinks();
  const navigate = useNavigate();
  const job = useLive(
    'GET /jobs/:engine/:name',
    { params: props.job },
    { topics: JOB_TOPICS },
  );
  const href = (id: string) =>
    links.runHref({ engine: props.job.engine, jobName: props.job.name, id });
  return (
    <InfoCard
      title={t('card.title')}
      deepLink={{ title: t('card.all'), link: links.jobHref(props.job) }}
    >
      <Loaded of={job} failure={t('card.failure')}>
        {data => (
          <Stack>
            <div>
              {data.lastRun ? (
                <Link to={href(data.lastRun.id)}>
                  <StatusChip status={data.lastRun.status} />{' '}
                  {data.lastRun.startedAt && (
                    <RelativeTime at={data.lastRun.startedAt} />
                  )}
                </Link>
              ) : (
                <StatusChip status="never" />
              )}
            </div>
            <RunBars
              runs={data.recentRuns}
              of={data.name}
              hrefOf={href}
              onOpen={id => navigate(href(id))}
            />
            <NextRun job={data} />
          </Stack>
        )}
      </Loaded>
    </InfoCard>
  );
}
