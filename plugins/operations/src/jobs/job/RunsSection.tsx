import { DateTime } from 'luxon';
import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  JobKey,
  OperationsInput,
} from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../../components/EmptyState';
import { facetMaker, FilterBar, FilterChip } from '../../components/filters';
import { Section, Stack } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { RUN_STATUSES, wordOf } from '../../components/statuses';
import { LiveTable, useLiveRows } from '../../components/table';
import { runColumns } from '../runColumns';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { counted } from '../../components/words';
import { TRIGGER_TEXT } from '../words';
import type { JobFilters } from './params';
import { scheduleZone } from '../schedule';

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
  const { filters, filter, clear, run, detail } = props;
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
      title="Runs"
      id="runs"
      aside={
        runs.data &&
        counted(
          runs.data.totalItems,
          clear ? 'match' : 'run',
          clear ? 'matches' : 'runs',
        )
      }
    >
      <Stack>
        <FilterBar
          facets={[
            facet(
              'status',
              'Status',
              RUN_STATUSES.map(value => ({
                value,
                label: <StatusChip status={value} />,
                text: wordOf(value),
              })),
            ),
            facet(
              'tenant',
              'Tenant',
              detail?.tenants.map(value => ({ value })),
            ),
            facet(
              'trigger',
              'Trigger',
              Object.entries(TRIGGER_TEXT).map(([value, text]) => ({
                value,
                text,
              })),
            ),
          ]}
          onClear={clear}
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
        <LiveTable
          list={runs}
          label="Runs"
          failure="The runs could not be loaded"
          noMatch="No runs match these filters"
          columns={runColumns({
            run,
            withTenant: detail?.tenantScoped ?? false,
            zone: detail && scheduleZone(detail.schedule),
          })}
          waiting={n => counted(n, 'new run')}
          selectedKey={run.runId}
          onRowClick={row => run.open(row.id)}
          onClearFilters={clear}
          empty={
            <EmptyState title="No runs yet">
              {detail?.schedule
                ? 'Its first run shows here as soon as it is queued by its schedule.'
                : 'It runs on demand: its first run shows here as soon as somebody starts one.'}
            </EmptyState>
          }
        />
      </Stack>
    </Section>
  );
}
