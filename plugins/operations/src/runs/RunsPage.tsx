import { useCallback } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  jobReadPermission,
  type Run,
} from '@craft-easy/backstage-plugin-operations-common';
import { bulkMessages } from '../bulk/messages';
import { selectColumn } from '../bulk/SelectionBar';
import { hasAny, useSelection } from '../bulk/useSelection';
import { EmptyState } from '../components/EmptyState';
import { ListPage } from '../components/ListPage';
import { commonMessages } from '../components/messages';
import { Section, Stack } from '../components/Stack';
import { LiveTable, useLiveRows } from '../components/table';
import { Muted } from '../components/text';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { useFilters } from '../hooks/useUrlState';
import { jobMessages } from '../jobs/messages';
import { RunDrawer } from '../jobs/run/RunDrawer';
import { runColumns } from '../jobs/runColumns';
import { useRunParam } from '../jobs/useRunParam';
import { answer } from './answer';
import { RunBulkBar } from './bulk/RunBulkBar';
import { RunBulks } from './bulk/RunBulks';
import { CustomRange } from './CustomRange';
import { runFacets } from './facets';
import { runMessages } from './messages';
import { RunViews } from './RunViews';
import { FILTERS, rangeOf, RUN_TOPICS, toFilter } from './params';

const PAGE_SIZE = 50;
const READS = [jobReadPermission];

/** The runs of all jobs, and what is done to many. Filters and the open run are in the URL. */
export function RunsPage() {
  const { t } = useTranslationRef(runMessages);
  const { t: jobs } = useTranslationRef(jobMessages);
  const { t: common } = useTranslationRef(commonMessages);
  const { t: bulk } = useTranslationRef(bulkMessages);
  const { url, filter, clear, saved } = useFilters(FILTERS);
  const run = useRunParam();
  const query = toFilter(url);
  const live = { everyMs: 10_000, topics: RUN_TOPICS };
  const list = useLiveRows(
    'GET /runs',
    { query },
    { ...live, pageSize: PAGE_SIZE, rowKey: row => row.id, held: true },
  );
  const summary = useLive('GET /run-summary', { query }, live);
  // of the same time, whatever else is filtered; mostly the same request
  const all = useLive('GET /run-summary', { query: rangeOf(url) }, live);
  const selection = useSelection(JSON.stringify(query));
  const onSearch = useCallback(
    (search: string) => filter({ search }, { replace: true }),
    [filter],
  );
  const { data } = list;
  const count = data?.totalItems ?? 0;
  return (
    <ListPage
      title={t('title')}
      live={all}
      reads={READS}
      answer={counted => answer(t, counted, url)}
      list={list}
      intro={
        <>
          <RunViews here="runs" />
          <RunBulks />
        </>
      }
      filters={{
        search: {
          value: url.search,
          label: t('search.label'),
          placeholder: t('search.placeholder'),
          onChange: onSearch,
        },
        facets: runFacets(
          { t, jobs, common },
          summary.data?.facets,
          url,
          filter,
        ),
        onClear: clear,
        saved: { list: 'runs', ...saved },
        children: (
          <CustomRange
            from={url.from}
            to={url.to}
            onChange={range => filter(range)}
          />
        ),
      }}
    >
      <Section
        title={t('table.title')}
        aside={
          data &&
          !list.switching &&
          (data.totalIsExact
            ? t('table.matches', { count })
            : t('table.moreThan', { count }))
        }
      >
        <Stack>
          {summary.data && !summary.data.totalIsExact && (
            <Muted>
              {t('table.counted', { count: summary.data.totalItems })}
            </Muted>
          )}
          {data && hasAny(data.items, selection) && (
            <RunBulkBar
              rows={list.rows ?? []}
              total={count}
              totalIsExact={data.totalIsExact}
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
              selectColumn<Run>(bulk, selection, {
                id: row => row.id,
                name: row => row.id,
              }),
              ...runColumns(jobs, { run, withJob: true }),
            ]}
            waiting={n => t('table.waiting', { count: n })}
            selectedKey={run.runId}
            onRowClick={row => run.open(row.id)}
            onClearFilters={clear}
            empty={
              <EmptyState title={t('empty.title')}>
                {t('empty.text')}
              </EmptyState>
            }
          />
        </Stack>
      </Section>
      <RunDrawer run={run} />
    </ListPage>
  );
}
