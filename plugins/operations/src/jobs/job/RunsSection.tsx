import { DateTime } from 'luxon';
import type {
  JobDetail,
  JobKey,
  Run,
  RunsQuery,
} from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../../components/EmptyState';
import { FilterBar, FilterChip } from '../../components/filters';
import { Section, Stack } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { statusLook } from '../../components/statuses';
import { DataTable, Pager, useHeldRows } from '../../components/table';
import { WaitingNotice } from '../../components/WaitingNotice';
import { useLive } from '../../hooks/useLive';
import { FIRST_PAGE, usePaging } from '../../hooks/usePaging';
import { runColumns } from '../runColumns';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { counted, TRIGGER_TEXT } from '../words';

import type { JobFilters } from './params';

const PAGE_SIZE = 50;
const RUN_STATUSES = [
  'queued',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
  'lost',
  'refused',
] as const;

/** The runs of a job, newest first; new ones wait while one looks. */
export function RunsSection(props: {
  job: JobKey;
  detail: JobDetail | undefined;
  zone: string | undefined;
  run: RunParam;
  filters: JobFilters;
  setFilters: (patch: Partial<JobFilters>) => void;
}) {
  const { filters, run, detail } = props;
  const paging = usePaging(PAGE_SIZE);
  const query = {
    status: filters.status as RunsQuery['status'],
    tenant: filters.tenant,
    trigger: filters.trigger as RunsQuery['trigger'],
    day: filters.day,
    group: filters.group,
    cursor: paging.cursor,
    limit: PAGE_SIZE,
  };
  const scope = JSON.stringify([props.job, query]);
  const runs = useLive(['runs', scope], api => api.getRuns(props.job, query), {
    topics: JOB_TOPICS,
    everyMs: 10_000,
  });
  const held = useHeldRows(runs.data?.items, runId, scope);
  const filter = (patch: Partial<JobFilters>) =>
    props.setFilters({ ...FIRST_PAGE, ...patch });
  const clear = () =>
    filter({
      status: [],
      tenant: [],
      trigger: [],
      day: undefined,
      group: undefined,
    });
  const filtered =
    filters.status.length + filters.tenant.length + filters.trigger.length >
      0 ||
    !!filters.day ||
    !!filters.group;

  return (
    <Section
      title="Runs"
      id="runs"
      aside={
        runs.data &&
        counted(
          runs.data.totalItems,
          filtered ? 'match' : 'run',
          filtered ? 'matches' : 'runs',
        )
      }
    >
      <Stack>
        <FilterBar
          facets={[
            {
              id: 'status',
              title: 'Status',
              selected: filters.status,
              onChange: status => filter({ status }),
              options: RUN_STATUSES.map(value => ({
                value,
                label: <StatusChip status={value} />,
                text: statusLook(value).word,
              })),
            },
            {
              id: 'tenant',
              title: 'Tenant',
              selected: filters.tenant,
              onChange: tenant => filter({ tenant }),
              options: (detail?.tenants ?? []).map(value => ({ value })),
            },
            {
              id: 'trigger',
              title: 'Trigger',
              selected: filters.trigger,
              onChange: trigger => filter({ trigger }),
              options: Object.entries(TRIGGER_TEXT).map(([value, text]) => ({
                value,
                text,
              })),
            },
          ]}
          onClear={filtered ? clear : undefined}
        >
          {filters.day && (
            <FilterChip
              text={`ended on ${DateTime.fromISO(filters.day, {
                zone: 'UTC',
              }).toFormat('d LLL')} (UTC)`}
              onRemove={() => filter({ day: undefined })}
            />
          )}
          {filters.group && (
            <FilterChip
              text="of one error"
              onRemove={() => filter({ group: undefined })}
            />
          )}
        </FilterBar>
        <WaitingNotice
          text={paging.page === 1 ? waitingText(held.waiting) : undefined}
          onShow={held.release}
        />
        <DataTable
          label="Runs"
          what="runs"
          columns={runColumns({
            run,
            withTenant: detail?.tenantScoped ?? false,
            zone: props.zone,
          })}
          rows={runs.data && held.rows}
          rowKey={runId}
          selectedKey={run.runId}
          onRowClick={row => run.open(row.id)}
          error={runs.error}
          onRetry={runs.refresh}
          filtered={filtered}
          onClearFilters={clear}
          busy={runs.switching}
          empty={
            <EmptyState title="No runs yet">
              {detail?.schedule
                ? 'Its first run shows here as soon as it is queued by its schedule.'
                : 'It runs on demand: its first run shows here as soon as somebody starts one.'}
            </EmptyState>
          }
          bodyProps={held.holdProps}
        />
        <Pager
          paging={paging}
          shown={held.rows.length}
          total={runs.data?.totalItems ?? 0}
          nextCursor={runs.data?.pageInfo.nextCursor}
          what="runs"
        />
      </Stack>
    </Section>
  );
}

function runId(run: Run): string {
  return run.id;
}

function waitingText(n: number): string | undefined {
  if (n === 0) return undefined;
  return n === 1 ? '1 new run' : `${n} new runs`;
}
