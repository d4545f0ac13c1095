import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  QueueHistory,
  ServiceLevels,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { EmptyState } from '../components/EmptyState';
import { StaleNotice } from '../components/Freshness';
import { HiddenTable } from '../components/HiddenTable';
import { Loaded } from '../components/Loaded';
import { Skeleton } from '../components/Skeleton';
import { Section, Stack } from '../components/Stack';
import { LiveTable, useLiveRows } from '../components/table';
import { absoluteTime, durationText, MINUTE } from '../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { optionalParam, useUrlState } from '../hooks/useUrlState';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { levelColumns } from './columns';
import { DayCharts } from './DayCharts';
import { dayAnswer, hoursOf } from './figures';
import { queueMessages, type QueueT } from './messages';
import { Button } from '../components';

const PAGE_SIZE = 15;
const PARAMS = { queue: optionalParam };
const TOPICS = ['runs', 'jobs'];

/**
 * Queues over a day, and jobs against what they declare: choosing a row shows the charts of its
 * queue.
 */
export function QueuesSection() {
  const { t } = useTranslationRef(queueMessages);
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
    <Section title={t('title')} id="queues">
      <Stack>
        <Day queue={queue} onClear={() => setState({ queue: undefined })} />
        <StaleNotice of={levels} />
        <LiveTable
          list={levels}
          label={t('label')}
          failure={t('failure')}
          columns={levelColumns(t, {
            jobHref: links.jobHref,
            queues: showsQueues(levels.data),
          })}
          selectedKey={queue}
          rowActions={level => (
            <Button
              rank="tertiary"
              aria-pressed={level.jobId === queue}
              aria-label={t('showNamed', {
                queue: level.title ?? level.name,
              })}
              onClick={() => choose(level.jobId)}
            >
              {t('show')}
            </Button>
          )}
          expectedRows={5}
          empty={
            <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
          }
        />
      </Stack>
    </Section>
  );
}

/** Without any figure of a queue the columns would be dashes: they are not shown to the viewer. */
function showsQueues(levels: ServiceLevels | undefined): boolean {
  return (
    !levels ||
    levels.freshness.state === 'stale' ||
    levels.items.some(level => level.queue)
  );
}

/** Of which queues a day is: of one, of all, or of those that the viewer may see. */
function nameOf(
  t: QueueT,
  queue: string | undefined,
  { queues, hidden }: QueueHistory,
): string {
  if (queue) return queue.slice(queue.indexOf('/') + 1);
  return queues && hidden ? t('yourQueues', { count: queues }) : t('allQueues');
}

function isShown({ queues, hidden }: QueueHistory): boolean {
  return queues > 0 || hidden === 0;
}

function Day(props: { queue: string | undefined; onClear: () => void }) {
  const { t } = useTranslationRef(queueMessages);
  const { queue } = props;
  const history = useLive(
    'GET /queues/history',
    { query: { job: queue } },
    { everyMs: MINUTE },
  );
  return (
    <Loaded
      of={history}
      failure={t('dayFailure')}
      skeleton={<Skeleton width="100%" height={140} />}
    >
      {data => {
        const of = nameOf(t, queue, data);
        return (
          <div>
            <div>
              {dayAnswer(t, of, data)}
              {queue && (
                <Button rank="tertiary" onClick={props.onClear}>
                  {t('showAll')}
                </Button>
              )}
            </div>
            {isShown(data) && (
              <>
                <DayCharts history={data} />
                <HiddenTable
                  caption={t('hours.caption', { queue: of })}
                  columns={[
                    t('hours.from'),
                    t('charts.waiting'),
                    t('charts.oldest'),
                    t('hours.ended'),
                  ]}
                  rows={hoursOf(data).map(hour => [
                    absoluteTime(hour.at),
                    hour.sampled ? hour.waiting : t('hours.unknown'),
                    hour.sampled
                      ? durationText(hour.oldestWaitMs)
                      : t('hours.unknown'),
                    hour.ended,
                  ])}
                />
              </>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}
