import {
  WEBHOOK_AGES,
  WEBHOOK_STATES,
  type WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles } from '../components/styles';
import { EmptyState } from '../components/EmptyState';
import { facetMaker, FilterChip, type Facet } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { SideDrawer } from '../components/SideDrawer';
import { Stack } from '../components/Stack';
import { wordOf } from '../components/statuses';
import { LiveTable, useLiveRows } from '../components/table';
import { MINUTE } from '../components/time';
import { useLive } from '../hooks/useLive';
import { useNow } from '../hooks/useNow';
import { useFilters } from '../hooks/useUrlState';
import { answer } from './answer';
import { BulkBar } from './BulkBar';
import { FailureView } from './failure/FailureView';
import { failureColumns } from './failureColumns';
import { Groups, type GroupFilter } from './Groups';
import { HoursChart } from './HoursChart';
import {
  FILTERS,
  OPEN,
  toFilter,
  WEBHOOK_TOPICS,
  type UrlFilters,
} from './params';
import { Replays } from './Replays';
import { Suppressions } from './Suppressions';
import { Tenants } from './Tenants';
import { useSelection } from './useSelection';
import { classWord, errorWord } from './words';

const PAGE_SIZE = 50;
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

const AGES: Record<keyof typeof WEBHOOK_AGES, string> = {
  '1h': 'the last hour',
  '12h': 'the last 12 hours',
  '24h': 'the last day',
  '7d': 'the last week',
  '30d': 'the last 30 days',
};

/** The inbox of webhooks that finally failed, over all tenants. */
export function WebhooksPage() {
  const classes = useStyles();
  const now = useNow(MINUTE);
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN, CLOSED);
  const query = toFilter(url);
  const live = { everyMs: 10_000, topics: WEBHOOK_TOPICS };
  const list = useLiveRows(
    'GET /webhook-failures',
    { query },
    { ...live, pageSize: PAGE_SIZE, rowKey: row => row.id, held: true },
  );
  const summary = useLive('GET /webhook-failures/summary', { query }, live);
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
      title="Webhook failures"
      live={summary}
      answer={data => answer(data, now, url.tenant)}
      list={list}
      intro={<Replays />}
      filters={{
        search: {
          value: url.search,
          label:
            'Search by webhook id (the id of the event), whole or its beginning',
          placeholder: 'Webhook id or its beginning',
          onChange: search => filter({ search }),
        },
        facets: facetsOf(summary.data, url, filter),
        onClear: clear,
        children: url.error.map(error => (
          <FilterChip
            key={error}
            text={errorWord(...splitError(error))}
            onRemove={() =>
              filter({ error: url.error.filter(e => e !== error) })
            }
          />
        )),
      }}
    >
      <div className={classes.columns}>
        <Stack>
          {summary.data && <HoursChart hours={summary.data.hours} />}
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
          {list.data && list.data.items.length > 0 && (
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
            label="Failed webhooks"
            failure="The failed webhooks could not be loaded"
            noMatch="No failed webhooks match these filters"
            columns={failureColumns(selection, row => open(row.id))}
            fixed
            waiting={n => `${n} new`}
            onRowClick={row => open(row.id)}
            selectedKey={url.failure}
            onClearFilters={clear}
            empty={
              <EmptyState
                title="No webhook waits for anybody"
                snippet={summary.data?.states.length ? undefined : SNIPPET}
              >
                What a platform could not deliver after all its attempts comes
                here, with payload, attempts and the receiver's answers.
              </EmptyState>
            }
          />
        </Stack>
      </div>
      <Suppressions />
      <SideDrawer
        label="Failed webhook"
        open={url.failure !== undefined}
        onClose={() => open(undefined)}
      >
        {url.failure && (
          <FailureView
            key={url.failure}
            id={url.failure}
            onClose={() => open(undefined)}
          />
        )}
      </SideDrawer>
    </ListPage>
  );
}

function facetsOf(
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
      'State',
      WEBHOOK_STATES.map(value => ({
        value,
        text: wordOf(value),
        count: counts.get(value) ?? 0,
      })),
    ),
    facet('tenant', 'Tenant', summary?.tenants),
    facet(
      'endpoint',
      'Endpoint',
      [...endpoints].map(value => ({ value })),
    ),
    facet('eventType', 'Event', summary?.eventTypes),
    facet(
      'errorClass',
      'Error',
      summary?.errorClasses.map(option => ({
        ...option,
        text: classWord(option.value),
      })),
    ),
    {
      id: 'age',
      title: 'Failed within',
      selected: url.age ? [url.age] : [],
      onChange: ages => filter({ age: ages[ages.length - 1] }),
      options: Object.entries(AGES).map(([value, text]) => ({ value, text })),
    },
  ];
}

function splitError(error: string): [string, string] {
  const at = error.indexOf(':');
  return at < 0 ? [error, ''] : [error.slice(0, at), error.slice(at + 1)];
}
