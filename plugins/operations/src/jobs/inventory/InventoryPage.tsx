import { useCallback, useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { AnswerLine } from '../../components/AnswerLine';
import { StaleNotice } from '../../components/Freshness';
import { ActionButton } from '../../components/actions';
import { FilterBar } from '../../components/filters';
import { Stack } from '../../components/Stack';
import { DataTable, Pager, useHeldRows } from '../../components/table';
import { WaitingNotice } from '../../components/WaitingNotice';
import { useLive } from '../../hooks/useLive';
import { FIRST_PAGE, usePaging } from '../../hooks/usePaging';
import { useUrlState } from '../../hooks/useUrlState';
import { LazyRunNowDialog } from '../dialogs';
import { useJobHref } from '../links';
import { RunDrawer } from '../run';
import { JOB_TOPICS } from '../topics';
import { useRunParam } from '../useRunParam';
import { inventoryAnswer } from './answer';
import { inventoryColumns } from './columns';
import { InventoryEmpty } from './InventoryEmpty';
import { inventoryFacets } from './facets';
import { RunResults } from './RunResults';
import { INVENTORY_PARAMS, isFiltered, NO_FILTERS } from './params';

const PAGE_SIZE = 50;

/**
 * Every job, most in need first. What is looked for, how it is sorted, the page and the open run are all in the URL.
 * @param props - `owner` fixes the owner, for the page of a group
 */
export function InventoryPage(props: { owner?: string }) {
  const [filters, setFilters] = useUrlState(INVENTORY_PARAMS);
  const paging = usePaging(PAGE_SIZE);
  const run = useRunParam();
  const jobHref = useJobHref();
  const navigate = useNavigate();
  const [runNow, setRunNow] = useState<JobSummary>();

  const query = {
    search: filters.search.trim() || undefined,
    status: filters.status as JobsStatus[],
    owner: props.owner ? [props.owner] : filters.owner,
    schedule: filters.schedule as JobsSchedule[],
    tenant: filters.tenant,
    tag: filters.tag,
    sort: filters.sort,
    order: filters.order,
    cursor: paging.cursor,
    limit: PAGE_SIZE,
  };
  const scope = JSON.stringify(query);
  const jobs = useLive(['jobs', scope], api => api.getJobs(query), {
    topics: JOB_TOPICS,
  });
  const held = useHeldRows(jobs.data?.items, jobId, scope);
  const columns = useMemo(
    () => inventoryColumns({ jobHref, run }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `run` is new with every render, its addresses only with the URL
    [jobHref, run.hrefOf, run.open],
  );
  const filter = useCallback(
    (patch: Partial<typeof filters>, options?: { replace?: boolean }) =>
      setFilters({ ...FIRST_PAGE, ...patch }, options),
    [setFilters],
  );
  const onSearch = useCallback(
    (search: string) => filter({ search }, { replace: true }),
    [filter],
  );
  const clear = () => filter(NO_FILTERS);
  const filtered = isFiltered(filters);

  return (
    <Stack>
      <AnswerLine
        loading={jobs.loading}
        updatedAt={jobs.updatedAt}
        error={jobs.error}
      >
        {jobs.data ? inventoryAnswer(jobs.data, filtered) : 'Jobs'}
      </AnswerLine>
      {jobs.data && (
        <StaleNotice
          freshness={jobs.data.freshness}
          error={jobs.error}
          updatedAt={jobs.updatedAt}
        />
      )}
      <FilterBar
        search={{
          value: filters.search,
          onChange: onSearch,
          label: 'Search jobs and runs',
          placeholder: 'Job, run id, tenant, operator…',
        }}
        facets={inventoryFacets(
          jobs.data?.facets,
          filters,
          filter,
          props.owner,
        )}
        onClear={filtered ? clear : undefined}
      />
      <WaitingNotice text={waitingText(held)} onShow={held.release} />
      <DataTable
        label="Jobs"
        what="jobs"
        fixed
        columns={columns}
        rows={jobs.data && held.rows}
        rowKey={jobId}
        rowTone={rowTone}
        rowActions={job => (
          <ActionButton
            capability={job.run}
            label={`Run ${job.name}`}
            onClick={() => setRunNow(job)}
          >
            Run
          </ActionButton>
        )}
        onRowClick={job => navigate(jobHref(job))}
        sorting={{
          by: filters.sort,
          order: filters.order,
          onChange: (sort, order) =>
            filter({ sort: sort as typeof filters.sort, order }),
        }}
        error={jobs.error}
        onRetry={jobs.refresh}
        filtered={filtered}
        onClearFilters={clear}
        empty={<InventoryEmpty owner={props.owner} />}
        busy={jobs.switching}
        bodyProps={held.holdProps}
      />
      <Pager
        paging={paging}
        shown={held.rows.length}
        total={jobs.data?.totalItems ?? 0}
        nextCursor={jobs.data?.pageInfo.nextCursor}
        what="jobs"
      />
      <RunResults search={filters.search} run={run} />
      <RunDrawer run={run} />
      {runNow && (
        <LazyRunNowDialog
          open
          job={runNow}
          onClose={() => setRunNow(undefined)}
        />
      )}
    </Stack>
  );
}

type JobsQuery = NonNullable<
  Parameters<import('../../api').OperationsApi['getJobs']>[0]
>;
type JobsStatus = NonNullable<JobsQuery['status']>[number];
type JobsSchedule = NonNullable<JobsQuery['schedule']>[number];

function jobId(job: JobSummary): string {
  return job.id;
}

function rowTone(job: JobSummary): 'bad' | 'faded' | undefined {
  if (!job.registered) return 'faded';
  return job.lastRun &&
    ['failed', 'timed-out', 'lost'].includes(job.lastRun.status)
    ? 'bad'
    : undefined;
}

function waitingText(held: {
  waiting: number;
  reordered: boolean;
}): string | undefined {
  if (held.waiting > 0) {
    return held.waiting === 1 ? '1 more job' : `${held.waiting} more jobs`;
  }
  return held.reordered ? 'The order has changed' : undefined;
}
