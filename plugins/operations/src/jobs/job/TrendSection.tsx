import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { Loaded } from '../../components/Loaded';
import { Skeleton } from '../../components/Skeleton';
import { Section } from '../../components/Stack';
import { useLive } from '../../hooks/useLive';
import { JOB_TOPICS } from '../topics';
import { TrendChart } from '../trend/TrendChart';
import { TrendTable } from '../trend/TrendTable';
import { trendText } from '../trend/totals';

const DAYS = 30;

/** Thirty days at a glance, of the tenants chosen. */
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
            <TrendTable days={days} />
          </>
        )}
      </Loaded>
    </Section>
  );
}
