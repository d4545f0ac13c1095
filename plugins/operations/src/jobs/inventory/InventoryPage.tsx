import { useCallback, useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  jobReadPermission,
  type JobSummary,
  type OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import { ActionButton } from '../../components/actions';
import { EmptyState } from '../../components/EmptyState';
import { ListPage } from '../../components/ListPage';
import { LiveTable, useLiveRows } from '../../components/table';
import { commonMessages } from '../../components/messages';
import {
  choiceParam,
  listParam,
  textParam,
  useFilters,
} from '../../hooks/useUrlState';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { LazyRunNowDialog } from '../dialogs';
import { RunDrawer } from '../run/RunDrawer';
import { JOB_TOPICS } from '../topics';
import { LastRunButton, useLastRunDialog } from '../lastRun';
import { useRememberList } from '../lastList';
import { useRunParam } from '../useRunParam';
import { inventoryAnswer } from './answer';
import { inventoryColumns } from './columns';
import { inventoryFacets } from './facets';
import { RunResults } from './RunResults';
import { isFailure } from '../failures';
import { jobMessages } from '../messages';
import type { Presettable } from '../../shell/presets';

const PAGE_SIZE = 50;
const READS = [jobReadPermission];

const FILTERS = {
  search: textParam,
  status: listParam,
  owner: listParam,
  schedule: listParam,
  tenant: listParam,
  tag: listParam,
} satisfies Presettable<'jobs'>;
const ORDER = {
  sort: choiceParam(
    ['attention', 'name', 'owner', 'status', 'lastRun', 'nextRun', 'duration'],
    'attention',
  ),
  order: choiceParam(['asc', 'desc'], 'asc'),
};

const SNIPPET = `import { defineJob, startWorker } from '@craft-easy/operations-sdk/jobs';

const nightlyExport = defineJob({
  name: 'nightly-export',
  description: 'Exports yesterday to the warehouse',
  owner: 'group:default/data',
  schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
  handler: async ctx => {
    ctx.log('exporting');
  },
});

await startWorker({ jobs: [nightlyExport], connection: process.env.REDIS_URL });`;

/**
 * Lists every job, those in most need of attention first. Search, filters, order, page and the open
 * run are all in the URL.
 *
 * @param props - `owner` fixes the owner, for the page of a group
 */
export function InventoryPage(props: { owner?: string }) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { url, filter, clear, saved } = useFilters(FILTERS, ORDER);
  const run = useRunParam();
  const links = useLinks();
  const navigate = useNavigate();
  const [runNow, setRunNow] = useState<JobSummary>();
  const lastRun = useLastRunDialog();
  useRememberList(props.owner === undefined);

  const query = {
    ...url,
    search: url.search.trim() || undefined,
    owner: props.owner ? [props.owner] : url.owner,
  } as OperationsInput<'GET /jobs'>['query'];
  const jobs = useLiveRows(
    'GET /jobs',
    { query },
    {
      pageSize: PAGE_SIZE,
      rowKey: job => job.id,
      held: true,
      topics: JOB_TOPICS,
    },
  );
  // for the sentence, which is about all jobs while the list shows a part
  const all = useLive('GET /jobs', clear ? { query: ofOwner(props) } : null, {
    topics: JOB_TOPICS,
  });
  const columns = useMemo(
    () => inventoryColumns(t, { jobHref: links.jobHref, run }),
    // `run` is new with every render, its functions only with the URL
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [t, links, run.hrefOf, run.open],
  );
  const onSearch = useCallback(
    (search: string) => filter({ search }, { replace: true }),
    [filter],
  );

  return (
    <ListPage
      title={t('inventory.title')}
      live={clear ? all : jobs}
      list={jobs}
      answer={data => inventoryAnswer(t, common, data)}
      reads={READS}
      filters={{
        search: {
          value: url.search,
          onChange: onSearch,
          label: t('inventory.search'),
          placeholder: t('inventory.placeholder'),
        },
        facets: inventoryFacets(
          t,
          common,
          jobs.data?.facets,
          url,
          filter,
          props.owner,
        ),
        onClear: clear,
        saved: { list: 'jobs', ...saved },
      }}
    >
      <LiveTable
        list={jobs}
        label={t('inventory.title')}
        failure={t('inventory.failure')}
        noMatch={t('inventory.noMatch')}
        fixed
        columns={columns}
        waiting={count => t('inventory.more', { count })}
        rowTone={rowTone}
        rowActions={job => (
          <>
            <LastRunButton
              job={job}
              onClick={action => lastRun.open(job, action)}
            />
            <ActionButton
              capability={job.run}
              label={t('page.runNamed', { job: job.name })}
              onClick={() => setRunNow(job)}
            >
              {t('page.run')}
            </ActionButton>
          </>
        )}
        onRowClick={job => navigate(links.jobHref(job))}
        sorting={{
          by: url.sort,
          order: url.order,
          onChange: (sort, order) =>
            filter({ sort: sort as typeof url.sort, order }),
        }}
        onClearFilters={clear}
        empty={<InventoryEmpty owner={props.owner} />}
      />
      <RunResults
        search={url.search}
        jobsFound={jobs.switching ? undefined : jobs.data?.totalItems}
        run={run}
      />
      <RunDrawer run={run} />
      {lastRun.dialog}
      {runNow && (
        <LazyRunNowDialog job={runNow} onClose={() => setRunNow(undefined)} />
      )}
    </ListPage>
  );
}

function ofOwner({ owner }: { owner?: string }) {
  return { owner: owner ? [owner] : undefined, limit: 1 };
}

function rowTone(job: JobSummary): 'bad' | 'faded' | undefined {
  if (!job.registered) return 'faded';
  return isFailure(job.lastRun?.status) ? 'bad' : undefined;
}

/** Explains how the first job gets here, where there is none. */
function InventoryEmpty(props: { owner?: string }) {
  const { t } = useTranslationRef(jobMessages);
  if (props.owner) {
    return (
      <EmptyState title={t('inventory.empty.group.title')}>
        {t('inventory.empty.group.text')}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={t('inventory.empty.title')} snippet={SNIPPET}>
      {t('inventory.empty.text')}
    </EmptyState>
  );
}
