import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { HiddenTable } from '../../components/HiddenTable';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { Section } from '../../components/Stack';
import { durationText } from '../../components/time';
import { useLive } from '../../hooks/useLive';
import { JOB_TOPICS } from '../topics';
import { TrendChart } from '../trend/TrendChart';
import { openFailures, trendText } from '../trend/totals';

const DAYS = 30;

/** The last thirty days of a job, for the chosen tenants. */
export function TrendSection(props: {
  job: JobKey;
  targetMs: number | undefined;
  tenants: string[];
  day: string | undefined;
  onDay: (day: string | undefined) => void;
}) {
  const { job, tenants } = props;
  const trend = useLive(
    'GET /jobs/:engine/:name/trend',
    { params: job, query: { days: DAYS, tenant: tenants } },
    { topics: JOB_TOPICS, everyMs: 30_000 },
  );
  return (
    <Section
      title={`Last ${DAYS} days`}
      aside={
        trend.data && (
          <span aria-live="polite">{trendText(trend.data.days)}</span>
        )
      }
    >
      <Loaded
        of={trend}
        failure="The trend could not be loaded"
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
              caption="Runs per day (UTC)"
              columns={[
                'Day',
                'Failed',
                'Recovered',
                'Cancelled',
                'Succeeded',
                'p50',
                'p95',
              ]}
              rows={days.map(day => [
                day.day,
                openFailures(day),
                day.recovered,
                day.cancelled,
                day.succeeded,
                optionalDuration(day.p50DurationMs),
                optionalDuration(day.p95DurationMs),
              ])}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function optionalDuration(ms: number | undefined): string {
  return ms === undefined ? '–' : durationText(ms);
}
