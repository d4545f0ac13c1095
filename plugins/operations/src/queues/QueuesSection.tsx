import Button from '@material-ui/core/Button';
import type { ServiceLevel } from '@craft-easy/backstage-plugin-operations-common';
import { EmptyState } from '../components/EmptyState';
import { ErrorNotice } from '../components/ErrorNotice';
import { StaleNotice } from '../components/Freshness';
import { Skeleton } from '../components/Skeleton';
import { Section, Stack } from '../components/Stack';
import { DataTable, Pager } from '../components/table';
import { useLive } from '../hooks/useLive';
import { usePaging } from '../hooks/usePaging';
import { optionalParam, useUrlState } from '../hooks/useUrlState';
import { useJobHref } from '../jobs/links';
import { levelColumns } from './columns';
import { DayCharts } from './DayCharts';
import { HoursTable } from './HoursTable';
import { dayText } from './words';

const PAGE_SIZE = 15;
const PARAMS = { queue: optionalParam };
const TOPICS = ['runs', 'jobs'];

/** Queues over a day, and jobs against what they declared: a row chosen narrows the charts to its queue. */
export function QueuesSection() {
  const [{ queue }, setState] = useUrlState(PARAMS);
  const paging = usePaging(PAGE_SIZE);
  const jobHref = useJobHref();
  const levels = useLive(
    ['service-levels', paging.cursor],
    api => api.getServiceLevels({ limit: PAGE_SIZE, cursor: paging.cursor }),
    { topics: TOPICS },
  );
  const choose = (jobId: string) =>
    setState({ queue: jobId === queue ? undefined : jobId });
  return (
    <Section title="Queues and service levels" id="queues">
      <Stack>
        <Day queue={queue} onClear={() => setState({ queue: undefined })} />
        {levels.data && (
          <StaleNotice
            freshness={levels.data.freshness}
            error={levels.error}
            updatedAt={levels.updatedAt}
          />
        )}
        <DataTable
          label="Service levels"
          what="service levels"
          columns={levelColumns({ jobHref })}
          rows={levels.data?.items}
          rowKey={(level: ServiceLevel) => level.jobId}
          selectedKey={queue}
          rowActions={level => (
            <Button
              size="small"
              aria-pressed={level.jobId === queue}
              aria-label={`24 hours of ${level.title ?? level.name}`}
              onClick={() => choose(level.jobId)}
            >
              24 h
            </Button>
          )}
          error={levels.error}
          onRetry={levels.refresh}
          busy={levels.switching}
          expectedRows={5}
          empty={
            <EmptyState title="No queues yet">
              Each job that a worker announces has a queue of its own; it
              appears here by itself.
            </EmptyState>
          }
        />
        <Pager
          paging={paging}
          shown={levels.data?.items.length ?? 0}
          total={levels.data?.totalItems ?? 0}
          nextCursor={levels.data?.pageInfo.nextCursor}
          what="service levels"
        />
      </Stack>
    </Section>
  );
}

function Day(props: { queue: string | undefined; onClear: () => void }) {
  const { queue } = props;
  const history = useLive(
    ['queue-history', queue],
    api => api.getQueueHistory({ job: queue }),
    { everyMs: 60_000 },
  );
  const of = queue ? queue.slice(queue.indexOf('/') + 1) : 'all queues';
  if (history.loading) return <Skeleton width="100%" height={140} />;
  if (!history.data) {
    return (
      <ErrorNotice
        title="The last 24 hours could not be loaded"
        error={history.error}
        onRetry={history.refresh}
      />
    );
  }
  return (
    <div>
      <div>
        {dayText(of, history.data)}
        {queue && (
          <Button size="small" onClick={props.onClear}>
            Show all queues
          </Button>
        )}
      </div>
      <DayCharts history={history.data} />
      <HoursTable of={of} history={history.data} />
    </div>
  );
}
