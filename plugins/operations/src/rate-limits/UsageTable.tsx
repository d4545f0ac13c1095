import type {
  Capability,
  RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import { Section } from '../components/Stack';
import { countColumn, DataTable, type Column } from '../components/table';
import type { Live } from '../hooks/useLive';
import { quotaText } from './words';

type Row = RateLimitUsage['subjects'][number];

const COLUMNS: Array<Column<Row>> = [
  {
    title: 'Who asks',
    phone: 'head',
    render: row => (
      <>
        <strong>{row.name}</strong>{' '}
        <span style={{ opacity: 0.7 }}>{row.kind}</span>
      </>
    ),
  },
  {
    title: 'Normal limit',
    render: row =>
      row.quota ? `${quotaText(row.quota)} (${row.limiter})` : row.limiter,
  },
  countColumn('Passed, 2 min', row => row.passed),
  countColumn('Refused, 2 min', row => row.refused),
  countColumn('Passed, 1 h', row => row.passedLastHour, { minWindow: 960 }),
  countColumn('Refused, 1 h', row => row.refusedLastHour, { minWindow: 960 }),
];

/** What limiters count now, the most refused first. */
export function UsageTable(props: {
  usage: Live<RateLimitUsage>;
  may: Capability | undefined;
  onOverride: (name: string) => void;
}) {
  const { usage } = props;
  return (
    <Section
      title="Use now"
      aside="Who is refused stands first; counted by the limiters themselves."
    >
      <DataTable
        label="Use of the limits now"
        failure="The figures could not be loaded"
        columns={COLUMNS}
        rows={usage.data?.subjects.slice(0, 15)}
        rowKey={row => `${row.limiter}:${row.kind}:${row.name}`}
        rowTone={row => (row.refused > 0 ? 'bad' : undefined)}
        live={usage}
        expectedRows={4}
        empty={
          <EmptyState
            title="No limiter has counted anything in the last hour"
            snippet={`import { Controls } from '@craft-easy/operations-sdk/controls';
import { RateLimiter, expressRateLimit } from '@craft-easy/operations-sdk/rate-limits';

const controls = new Controls({ connection: process.env.REDIS_URL });
const limiter = new RateLimiter({
  controls, connection: process.env.REDIS_URL,
  tenant: { limit: 100, windowSeconds: 60 },
});
app.use(expressRateLimit(limiter, { tenant: req => req.tenant }));`}
          >
            Limiters of the platform report by themselves.
          </EmptyState>
        }
        rowActions={row => (
          <ActionButton
            capability={props.may}
            label={`Override the limit of ${row.name}`}
            onClick={() => props.onOverride(row.name)}
          >
            Override
          </ActionButton>
        )}
      />
    </Section>
  );
}
