import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  WEBHOOK_AGES,
  WEBHOOK_STATES,
  type WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookReadPermission,
  type WebhookFailure,
} from '@craft-easy/backstage-plugin-operations-common';
import { bulkMessages } from '../bulk/messages';
import { selectColumn } from '../bulk/SelectionBar';
import { hasAny, useSelection } from '../bulk/useSelection';
import { styles } from '../components/styles';
import { EmptyState } from '../components/EmptyState';
import { facetMaker, FilterChip, type Facet } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { SideDrawer } from '../components/SideDrawer';
import { Stack } from '../components/Stack';
import { commonMessages, type CommonT } from '../components/messages';
import { statusWord } from '../components/statuses';
import { LiveTable, useLiveRows } from '../components/table';
import { MINUTE } from '../components/time';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useNow } from '../hooks/useNow';
import { useFilters } from '../hooks/useUrlState';
import { answer } from './answer';
import { BulkBar } from './BulkBar';
import { FailureView } from './failure/FailureView';
import { failureColumns } from './failureColumns';
import { Groups, type GroupFilter } from './Groups';
import { HoursChart } from './HoursChart';
import { webhookMessages, type WebhookT } from './messages';
import {
  FILTERS,
  OPEN,
  toFilter,
  UNFILTERED,
  WEBHOOK_TOPICS,
  type UrlFilters,
} from './params';
import { Replays } from './Replays';
import { Suppressions } from './Suppressions';
import { Tenants } from './Tenants';
import { classWord, errorWord } from './words';

const PAGE_SIZE = 50;
const READS = [webhookReadPermission];
/** what the sentence is about */
const ofTenants = (tenant: string[]) => toFilter({ ...UNFILTERED, tenant });
const CLOSED = { failure: undefined };
const GROUP = ['tenant', 'endpoint', 'error'] as const;

const useStyles = styles('WebhooksPage', theme => ({
  columns: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 320px) minmax(0, 1fr)',
    gap: theme.spacing(2),
    alignItems: 'start',
    [theme.breakpoints.down('sm')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
}));

const SNIPPET = `import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';

const webhooks = createWebhookDispatcher({
  connection: process.env.REDIS_URL,
  endpoint: (tenant, id) => endpoints.find(tenant, id),
});
await webhooks.start();
await webhooks.send({ tenant, endpoint, eventType: 'payment.confirmed', payload });`;

const AGES = Object.keys(WEBHOOK_AGES) as Array<keyof typeof WEBHOOK_AGES>;

/** The inbox of webhooks that finally failed, over all tenants. */
export function WebhooksPage() {
  const classes = useStyles();
  const { t } = useTranslationRef(webhookMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { t: bulk } = useTranslationRef(bulkMessages);
  const now = useNow(MINUTE);
  const { url, setUrl, filter, clear, saved } = useFilters(
    FILTERS,
    OPEN,
    CLOSED,
  );
  const query = toFilter(url);
  const live = { everyMs: 10_000, topics: WEBHOOK_TOPICS };
  const list = useLiveRows(
    'GET /webhook-failures',
    { query },
    { ...live, pageSize: PAGE_SIZE, rowKey: row => row.id, held: true },
  );
  const summary = useLive('GET /webhook-failures/summary', { query }, live);
  // of the same tenants, whatever else is filtered; mostly the same request
  const all = useLive(
    'GET /webhook-failures/summary',
    { query: ofTenants(url.tenant) },
    live,
  );
  const selection = useSelection(JSON.stringify(query));
  const open = (failure: string | undefined) => setUrl({ failure });

  const isSelected = (group: GroupFilter) =>
    GROUP.every(name => url[name].join() === group[name]);
  const onGroup = (group: GroupFilter) => {
    const off = isSelected(group);
    const entries = GROUP.map(name => [name, off ? [] : [group[name]]]);
    filter(Object.fromEntries(entries));
  };
  return (
    <ListPage
      title={t('title')}
      live={all}
      answer={data => answer(t, data, now, url.tenant)}
      reads={READS}
      list={list}
      intro={<Replays />}
      filters={{
        search: {
          value: url.search,
          label: t('search.label'),
          placeholder: t('search.placeholder'),
          onChange: search => filter({ search }),
        },
        facets: facetsOf(t, common, summary.data, url, filter),
        onClear: clear,
        saved: { list: 'webhooks', ...saved },
        children: url.error.map(error => (
          <FilterChip
            key={error}
            text={errorWord(t, ...splitError(error))}
            onRemove={() =>
              filter({ error: url.error.filter(e => e !== error) })
            }
          />
        )),
      }}
    >
      <div className={classes.columns}>
        <Stack>
          {/* hours are counted by group: what a search finds is not counted apart */}
          {summary.data && !url.search && (
            <HoursChart hours={summary.data.hours} />
          )}
          <Tenants
            tenants={summary.data?.tenants ?? []}
            selected={url.tenant}
            onSelect={tenant => filter({ tenant })}
          />
          <Groups
            summary={summary.data}
            selected={isSelected}
            onSelect={onGroup}
          />
        </Stack>
        <Stack>
          {list.data && hasAny(list.data.items, selection) && (
            <BulkBar
              rows={list.rows ?? []}
              total={list.data.totalItems}
              totalIsExact={list.data.totalIsExact}
              filter={query}
              selection={selection}
            />
          )}
          <LiveTable
            list={list}
            label={t('table.title')}
            failure={t('table.failure')}
            noMatch={t('table.noMatch')}
            columns={[
              selectColumn<WebhookFailure>(bulk, selection, {
                id: row => row.id,
                name: row => row.webhookId,
              }),
              ...failureColumns(t, row => open(row.id)),
            ]}
            fixed
            waiting={count => t('table.waiting', { count })}
            onRowClick={row => open(row.id)}
            selectedKey={url.failure}
            onClearFilters={clear}
            empty={
              <EmptyState
                title={t('empty.title')}
                snippet={summary.data?.states.length ? undefined : SNIPPET}
              >
                {t('empty.text')}
              </EmptyState>
            }
          />
        </Stack>
      </div>
      <Suppressions />
      <SideDrawer
        label={t('failure.title')}
        open={url.failure !== undefined}
        onClose={() => open(undefined)}
      >
        {url.failure && <FailureView key={url.failure} id={url.failure} />}
      </SideDrawer>
    </ListPage>
  );
}

function facetsOf(
  t: WebhookT,
  common: CommonT,
  summary: WebhookSummary | undefined,
  url: UrlFilters,
  filter: (patch: Partial<UrlFilters>) => void,
): Facet[] {
  const counts = new Map(
    (summary?.states ?? []).map(state => [state.value, state.count]),
  );
  const endpoints = new Set([
    ...(summary?.groups ?? []).map(group => group.endpoint),
    ...url.endpoint,
  ]);
  const facet = facetMaker<
    'state' | 'tenant' | 'endpoint' | 'eventType' | 'errorClass'
  >(url, filter);
  return [
    facet(
      'state',
      t('facets.state'),
      WEBHOOK_STATES.map(value => ({
        value,
        text: statusWord(common, value),
        count: counts.get(value) ?? 0,
      })),
    ),
    facet('tenant', t('facets.tenant'), summary?.tenants),
    facet(
      'endpoint',
      t('facets.endpoint'),
      [...endpoints].map(value => ({ value })),
    ),
    facet('eventType', t('facets.event'), summary?.eventTypes),
    facet(
      'errorClass',
      t('facets.error'),
      summary?.errorClasses.map(option => ({
        ...option,
        text: classWord(t, option.value),
      })),
    ),
    {
      id: 'age',
      title: t('facets.age'),
      selected: url.age ? [url.age] : [],
      onChange: ages => filter({ age: ages[ages.length - 1] }),
      options: AGES.map(value => ({ value, text: t(`ages.${value}`) })),
    },
  ];
}

function splitError(error: string): [string, string] {
  const at = error.indexOf(':');
  return at < 0 ? [error, ''] : [error.slice(0, at), error.slice(at + 1)];
}
