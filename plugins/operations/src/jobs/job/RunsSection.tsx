import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  JobKey,
  OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../../components/EmptyState';
import { facetMaker, FilterBar, FilterChip } from '../../components/filters';
import { Section, Stack } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { RUN_STATUSES, statusWord } from '../../components/statuses';
import { dayText } from '../../components/time';
import { LiveTable, useLiveRows } from '../../components/table';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { runMessages } from '../../runs/messages';
import { runColumns } from '../runColumns';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import type { JobFilters } from './params';
import { scheduleZone } from '../schedule';
import { TRIGGERS } from '../triggers';
import { jobMessages } from '../messages';
import { commonMessages } from '../../components/messages';

const PAGE_SIZE = 50;

/** The runs of a job, newest first; new ones wait while the user looks at the list. */
export function RunsSection(props: {
  job: JobKey;
  detail: JobDetail | undefined;
  run: RunParam;
  filters: JobFilters;
  filter: (patch: Partial<JobFilters>) => void;
  /** present exactly if any filter is on */
  clear: (() => void) | undefined;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { t: all } = useTranslationRef(runMessages);
  const links = useLinks();
  const { filters, filter, clear, run, detail, job } = props;
  const query =
    filters as OperationsInput<'GET /jobs/:engine/:name/runs'>['query'];
  const runs = useLiveRows(
    'GET /jobs/:engine/:name/runs',
    { params: props.job, query },
    {
      pageSize: PAGE_SIZE,
      rowKey: row => row.id,
      held: true,
      topics: JOB_TOPICS,
      everyMs: 10_000,
    },
  );
  const facet = facetMaker<'status' | 'tenant' | 'trigger'>(filters, filter);

  return (
    <Section
      title={t('runs.title')}
      id="runs"
      aside={
        runs.data &&
        !runs.switching &&
        (clear
          ? t('runs.matches', { count: runs.data.totalItems })
          : common('count.runs', { count: runs.data.totalItems }))
      }
    >
      <Stack>
        <FilterBar
          facets={[
            facet(
              'status',
              t('facets.status'),
              RUN_STATUSES.map(value => ({
                value,
                label: <StatusChip status={value} />,
                text: statusWord(common, value),
              })),
            ),
            facet(
              'tenant',
              t('facets.tenant'),
              detail?.tenants.map(value => ({ value })),
            ),
            facet(
              'trigger',
              t('facets.trigger'),
              TRIGGERS.map(value => ({
                value,
                text: t(`trigger.${value}`),
              })),
            ),
          ]}
          onClear={clear}
        >
          <Link
            to={links.pageHref('runs', { job: `${job.engine}/${job.name}` })}
          >
            {all('links.all')}
          </Link>
          {filters.day && (
            <FilterChip
              text={t('runs.endedOn', { day: dayText(filters.day) })}
              onRemove={() => filter({ day: undefined })}
            />
          )}
          {filters.group && (
            <FilterChip
              text={t('runs.oneError')}
              onRemove={() => filter({ group: undefined })}
            />
          )}
        </FilterBar>
        <LiveTable
          list={runs}
          label={t('runs.title')}
          failure={t('runs.failure')}
          noMatch={t('runs.noMatch')}
          columns={runColumns(t, {
            run,
            withTenant: detail?.tenantScoped ?? false,
            zone: detail && scheduleZone(detail.schedule),
          })}
          waiting={count => t('runs.new', { count })}
          selectedKey={run.runId}
          onRowClick={row => run.open(row.id)}
          onClearFilters={clear}
          empty={
            <EmptyState title={t('runs.empty.title')}>
              {detail?.schedule
                ? t('runs.empty.scheduled')
                : t('runs.empty.onDemand')}
            </EmptyState>
          }
        />
      </Stack>
    </Section>
  );
}
