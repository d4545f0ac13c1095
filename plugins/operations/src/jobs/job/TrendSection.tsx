import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { HiddenTable } from '../../components/HiddenTable';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { Section } from '../../components/Stack';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { JOB_TOPICS } from '../topics';
import { TrendChart } from '../trend/TrendChart';
import { openFailures, trendText } from '../trend/totals';
import { jobMessages } from '../messages';
import { percentileText } from '../percentile';
import { commonMessages } from '../../components/messages';

const DAYS = 30;

/** The last thirty days of a job, for the chosen tenants. */
export function TrendSection(props: {
  job: JobKey;
  targetMs: number | undefined;
  tenants: string[];
  day: string | undefined;
  onDay: (day: string | undefined) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { job, tenants } = props;
  const trend = useLive(
    'GET /jobs/:engine/:name/trend',
    { params: job, query: { days: DAYS, tenant: tenants } },
    { topics: JOB_TOPICS, everyMs: 30_000 },
  );
  return (
    <Section
      title={t('trend.title', { n: DAYS })}
      busy={trend.switching}
      aside={
        trend.data && (
          <span aria-live="polite">
            {trendText(t, common, trend.data.days)}
          </span>
        )
      }
    >
      <Loaded
        of={trend}
        failure={t('trend.failure')}
        skeleton={<Skeleton width="100%" height={160} />}
      >
        {({ days }) => (
          <>
            <TrendChart
              days={days}
              targetMs={props.targetMs}
              selected={props.day}
              onSelect={props.onDay}
            />
            <HiddenTable
              caption={t('trend.table')}
              columns={[
                t('trend.columns.day'),
                t('trend.columns.failed'),
                t('trend.columns.recovered'),
                t('trend.columns.cancelled'),
                t('trend.columns.succeeded'),
                t('trend.columns.p50'),
                t('trend.columns.p95'),
              ]}
              rows={days.map(day => [
                day.day,
                openFailures(day),
                day.recovered,
                day.cancelled,
                day.succeeded,
                percentileText(t, day.p50DurationMs),
                percentileText(t, day.p95DurationMs),
              ])}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}
