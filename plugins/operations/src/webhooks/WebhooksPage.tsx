import { makeStyles } from '@material-ui/core/styles';
import {
  WEBHOOK_AGES,
  WEBHOOK_STATES,
  type WebhookFailure,
  type WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common';
import { AnswerLine } from '../components/AnswerLine';
import { EmptyState } from '../components/EmptyState';
import { FilterBar, FilterChip } from '../components/filters';
import { StaleNotice } from '../components/Freshness';
import { Stack } from '../components/Stack';
import { statusLook } from '../components/statuses';
import { Pager, useHeldRows } from '../components/table';
import { WaitingNotice } from '../components/WaitingNotice';
import { useLive } from '../hooks/useLive';
import { useNow } from '../hooks/useNow';
import { FIRST_PAGE, usePaging } from '../hooks/usePaging';
import { useUrlState } from '../hooks/useUrlState';
import { answer } from './answer';
import { BulkBar } from './BulkBar';
import { FailureDrawer } from './failure/FailureDrawer';
import { FailuresTable } from './FailuresTable';
import { Groups, type GroupFilter } from './Groups';
import { HoursChart } from './HoursChart';
import { isFiltered, OFF, PAGE_SIZE, PARAMS, toFilter } from './params';
import { Replays } from './Replays';
import { Suppressions } from './Suppressions';
import { Tenants } from './Tenants';
import { WEBHOOK_TOPICS } from './topics';
import { useSelection } from './useSelection';
import { classWord, errorWord } from './words';

const useStyles = makeStyles(
  theme => ({
    columns: {
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 320px) minmax(0, 1fr)',
      gap: theme.spacing(2),
      alignItems: 'start',
      [theme.breakpoints.down('sm')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
    },
  }),
  { name: 'OperationsWebhooksPage' },
);

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
  const now = useNow(60_000);
  const [url, setUrl] = useUrlState(PARAMS);
  const paging = usePaging(PAGE_SIZE);
  const query = toFilter(url);
  const scope = JSON.stringify([query, paging.cursor]);
  const list = useLive(
    ['webhook-failures', scope],
    api =>
      api.webhooks.getFailures({
        ...query,
        cursor: paging.cursor,
        limit: PAGE_SIZE,
      }),
    { everyMs: 10_000, topics: WEBHOOK_TOPICS },
  );
  const summary = useLive(
    ['webhook-summary', JSON.stringify(query)],
    api => api.webhooks.getSummary(query),
    { everyMs: 10_000, topics: WEBHOOK_TOPICS },
  );
  const held = useHeldRows(list.data?.items, idOf, scope);
  const selection = useSelection(JSON.stringify(query));
  const filtered = isFiltered(url);
  const filter = (patch: Partial<typeof url>) =>
    setUrl({ ...FIRST_PAGE, failure: undefined, ...patch });

  const isSelected = (group: GroupFilter) =>
    url.tenant.join() === group.tenant &&
    url.endpoint.join() === group.endpoint &&
    url.error.join() === group.error;
  const onGroup = (group: GroupFilter) =>
    filter(
      isSelected(group)
        ? { tenant: [], endpoint: [], error: [] }
        : {
            tenant: [group.tenant],
            endpoint: [group.endpoint],
            error: [group.error],
          },
    );
  const total = list.data?.totalItems ?? 0;
  return (
    <Stack>
      <AnswerLine
        loading={summary.loading}
        updatedAt={summary.updatedAt}
        error={summary.error}
      >
        {summary.data
          ? answer(summary.data, now, url.tenant)
          : 'Webhook failures'}
      </AnswerLine>
      {list.data && (
        <StaleNotice
          freshness={list.data.freshness}
          error={list.error}
          updatedAt={list.updatedAt}
        />
      )}
      <Replays />
      <FilterBar
        search={{
          value: url.search,
          label:
            'Search by webhook id (the id of the event), whole or its beginning',
          placeholder: 'Webhook id or its beginning',
          onChange: search => filter({ search }),
        }}
        facets={facetsOf(summary.data, url, filter)}
        onClear={filtered ? () => filter(OFF) : undefined}
      >
        {url.error.map(error => (
          <FilterChip
            key={error}
            text={errorWord(...splitError(error))}
            onRemove={() =>
              filter({ error: url.error.filter(e => e !== error) })
            }
          />
        ))}
      </FilterBar>
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
              rows={held.rows}
              total={total}
              totalIsExact={list.data.totalIsExact}
              filter={query}
              selection={selection}
            />
          )}
          <WaitingNotice
            text={
              paging.page === 1 && held.waiting > 0
                ? `${held.waiting} new`
                : undefined
            }
            onShow={held.release}
          />
          <FailuresTable
            rows={list.data && held.rows}
            selection={selection}
            onOpen={failure => setUrl({ failure })}
            selectedKey={url.failure}
            error={list.error}
            onRetry={list.refresh}
            filtered={filtered}
            onClearFilters={() => filter(OFF)}
            busy={list.switching}
            bodyProps={held.holdProps}
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
          <Pager
            paging={paging}
            shown={held.rows.length}
            total={total}
            nextCursor={list.data?.pageInfo.nextCursor}
            what="failed webhooks"
          />
        </Stack>
      </div>
      <Suppressions />
      <FailureDrawer
        id={url.failure}
        onClose={() => setUrl({ failure: undefined })}
      />
    </Stack>
  );
}

function facetsOf(
  summary: WebhookSummary | undefined,
  url: {
    tenant: string[];
    endpoint: string[];
    eventType: string[];
    errorClass: string[];
    state: string[];
    age: string | undefined;
  },
  filter: (patch: Partial<typeof url>) => void,
) {
  const counts = new Map(
    (summary?.states ?? []).map(state => [state.value, state.count]),
  );
  const endpoints = [
    ...new Set([
      ...(summary?.groups ?? []).map(g => g.endpoint),
      ...url.endpoint,
    ]),
  ];
  return [
    {
      id: 'state',
      title: 'State',
      selected: url.state,
      onChange: (state: string[]) => filter({ state }),
      options: WEBHOOK_STATES.map(value => ({
        value,
        text: statusLook(value).word,
        count: counts.get(value) ?? 0,
      })),
    },
    {
      id: 'tenant',
      title: 'Tenant',
      selected: url.tenant,
      onChange: (tenant: string[]) => filter({ tenant }),
      options: summary?.tenants ?? [],
    },
    {
      id: 'endpoint',
      title: 'Endpoint',
      selected: url.endpoint,
      onChange: (endpoint: string[]) => filter({ endpoint }),
      options: endpoints.map(value => ({ value })),
    },
    {
      id: 'eventType',
      title: 'Event',
      selected: url.eventType,
      onChange: (eventType: string[]) => filter({ eventType }),
      options: summary?.eventTypes ?? [],
    },
    {
      id: 'errorClass',
      title: 'Error',
      selected: url.errorClass,
      onChange: (errorClass: string[]) => filter({ errorClass }),
      options: (summary?.errorClasses ?? []).map(option => ({
        ...option,
        text: classWord(option.value),
      })),
    },
    {
      id: 'age',
      title: 'Failed within',
      selected: url.age ? [url.age] : [],
      onChange: (ages: string[]) => filter({ age: ages[ages.length - 1] }),
      options: Object.entries(AGES).map(([value, text]) => ({ value, text })),
    },
  ];
}

function splitError(error: string): [string, string] {
  const at = error.indexOf(':');
  return at < 0 ? [error, ''] : [error.slice(0, at), error.slice(at + 1)];
}

function idOf(failure: WebhookFailure): string {
  return failure.id;
}
