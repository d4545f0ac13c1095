import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  Capability,
  RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { ActionButton } from '../components/actions';
import { EmptyState } from '../components/EmptyState';
import { Section } from '../components/Stack';
import { countColumn, DataTable, type Column } from '../components/table';
import type { Live } from '@craft-easy/backstage-plugin-operations-react';
import { rateLimitMessages, type RateLimitT } from './messages';
import { isOne, quotaText, usageName } from './words';

const MOST = 15;

type Row = RateLimitUsage['subjects'][number];

const columns = (t: RateLimitT): Array<Column<Row>> => [
  {
    title: t('usage.client'),
    phone: 'head',
    render: row => (
      <>
        <strong>{usageName(t, row.name)}</strong>{' '}
        <span style={{ opacity: 0.7 }}>{t(`kinds.${row.kind}`)}</span>
      </>
    ),
  },
  {
    title: t('usage.normal'),
    render: row =>
      row.quota
        ? t('usage.quotaOf', {
            quota: quotaText(t, row.quota),
            limiter: row.limiter,
          })
        : row.limiter,
  },
  countColumn(t('usage.passed'), row => row.passed),
  countColumn(t('usage.refused'), row => row.refused),
  countColumn(t('usage.passedHour'), row => row.passedLastHour, {
    minWindow: 960,
  }),
  countColumn(t('usage.refusedHour'), row => row.refusedLastHour, {
    minWindow: 960,
  }),
];

/**
 * Whether requests of its own are refused. An address counts those of tenants as well, which are
 * refused by the limit of their tenant.
 */
function isRefused(row: Row, all: Row[]): boolean {
  if (row.kind === 'tenant') return row.refused > 0;
  const ofTenants = all
    .filter(one => one.kind === 'tenant' && one.limiter === row.limiter)
    .reduce((sum, one) => sum + one.refused, 0);
  return row.refused > ofTenants;
}

/** What limiters count now, the most refused first. */
export function UsageTable(props: {
  usage: Live<RateLimitUsage>;
  /** only those whose name has this in it */
  search: string | undefined;
  onClearSearch: (() => void) | undefined;
  may: Capability | undefined;
  onOverride: (name: string) => void;
}) {
  const { t } = useTranslationRef(rateLimitMessages);
  const { usage, search } = props;
  const all = usage.data?.subjects ?? [];
  const matching = search
    ? all.filter(row => row.name.toLowerCase().includes(search.toLowerCase()))
    : all;
  return (
    <Section
      title={t('usage.title')}
      aside={
        matching.length > MOST
          ? t('usage.asideOf', { shown: MOST, n: matching.length })
          : t('usage.aside')
      }
    >
      <DataTable
        label={t('usage.table')}
        failure={t('usage.failure')}
        columns={columns(t)}
        rows={usage.data && matching.slice(0, MOST)}
        rowKey={row => `${row.limiter}:${row.kind}:${row.name}`}
        rowTone={row => (isRefused(row, all) ? 'bad' : undefined)}
        live={usage}
        expectedRows={4}
        onClearFilters={all.length > 0 ? props.onClearSearch : undefined}
        noMatch={t('usage.noMatch', { n: all.length })}
        empty={
          <EmptyState
            title={t('usage.empty')}
            snippet={`import { Controls } from '@craft-easy/operations-sdk/controls';
import { RateLimiter, expressRateLimit } from '@craft-easy/operations-sdk/rate-limits';

const controls = new Controls({ connection: process.env.REDIS_URL });
const limiter = new RateLimiter({
  controls, connection: process.env.REDIS_URL,
  tenant: { limit: 100, windowSeconds: 60 },
});
app.use(expressRateLimit(limiter, { tenant: req => req.tenant }));`}
          >
            {t('usage.emptyText')}
          </EmptyState>
        }
        rowActions={row =>
          isOne(row.name) && (
            <ActionButton
              capability={props.may}
              label={t('usage.overrideOf', { client: row.name })}
              onClick={() => props.onOverride(row.name)}
            >
              {t('usage.override')}
            </ActionButton>
          )
        }
      />
    </Section>
  );
}
