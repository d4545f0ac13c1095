import Button from '@material-ui/core/Button';
import { EmptyState } from '../components/EmptyState';
import { StaleNotice } from '../components/Freshness';
import { HiddenTable } from '../components/HiddenTable';
import { Loaded } from '../components/Loaded';
import { Skeleton } from '../components/Skeleton';
import { Section, Stack } from '../components/Stack';
import { LiveTable, useLiveRows } from '../components/table';
import { absoluteTime, durationText, MINUTE } from '../components/time';
import { useLive } from '../hooks/useLive';
import { optionalParam, useUrlState } from '../hooks/useUrlState';
import { useLinks } from '../links';
import { levelColumns } from './columns';
import { DayCharts } from './DayCharts';
import { dayText, hoursOf } from './words';

const PAGE_SIZE = 15;
const PARAMS = { queue: optionalParam };
const TOPICS = ['runs', 'jobs'];

/**
 * Queues over a day, and jobs against what they declare: choosing a row shows the charts of its
 * queue.
 */
export function QueuesSection() {
  const [{ queue }, setState] = useUrlState(PARAMS);
  const links = useLinks();
  const levels = useLiveRows(
    'GET /service-levels',
    {},
    { pageSize: PAGE_SIZE, rowKey: level => level.jobId, topics: TOPICS },
  );
  const choose = (jobId: string) =>
    setState({ queue: jobId === queue ? undefined : jobId });
  return (
    <Section title="Queues and service levels" id="queues">
      <Stack>
        <Day queue={queue} onClear={() => setState({ queue: undefined })} />
        <StaleNotice of={levels} />
        <LiveTable
          list={levels}
          label="Service levels"
          failure="The service levels could not be loaded"
          columns={levelColumns({ jobHref: links.jobHref })}
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
          expectedRows={5}
          empty={
            <EmptyState title="No queues yet">
              Each job that a worker announces has a queue of its own; it
              appears here by itself.
            </EmptyState>
          }
        />
      </Stack>
    </Section>
  );
}

function Day(props: { queue: string | undefined; onClear: () => void }) {
  const { queue } = props;
  const history = useLive(
    'GET /queues/history',
    { query: { job: queue } },
    { everyMs: MINUTE },
  );
  const of = queue ? queue.slice(queue.indexOf('/') + 1) : 'all queues';
  return (
    <Loaded
      of={history}
      failure="The last 24 hours could not be loaded"
      skeleton={<Skeleton width="100%" height={140} />}
    >
      {data => (
        <div>
          <div>
            {dayText(of, data)}
            {queue && (
              <Button size="small" onClick={props.onClear}>
                Show all queues
              </Button>
            )}
          </div>
          <DayCharts history={data} />
          <HiddenTable
            caption={`24 hours of ${of}`}
            columns={['From', 'Most waiting', 'Longest wait', 'Ended']}
            rows={hoursOf(data).map(hour => [
              absoluteTime(hour.at),
              hour.sampled ? hour.waiting : 'not known',
              hour.sampled ? durationText(hour.oldestWaitMs) : 'not known',
              hour.ended,
            ])}
          />
        </div>
      )}
    </Loaded>
  );
}
