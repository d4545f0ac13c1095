import { useCallback } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import { Link } from '@backstage/core-components';
import GetApp from '@material-ui/icons/GetApp';
import type {
  Upcoming,
  UpcomingObstacle,
  UpcomingRun,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  type Links,
  operationsApiRef,
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import { Button } from '../components/buttons';
import { EmptyState } from '../components/EmptyState';
import { PageTitle } from '../components/PageTitle';
import { errorText, useErrorT } from '../components/errors';
import { ListPage } from '../components/ListPage';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { useOutcome } from '../components/Outcomes';
import { RelativeTime } from '../components/RelativeTime';
import { saveFile } from '../components/saveFile';
import { DataTable, type Column } from '../components/table';
import { Muted } from '../components/text';
import { clockTime, durationText, MINUTE } from '../components/time';
import { useNow } from '../hooks/useNow';
import { choiceParam, textParam, useFilters } from '../hooks/useUrlState';
import { runMessages, type RunT } from './messages';
import { RunViews } from './RunViews';

const HOURS = ['6', '24', '72', '168'] as const;
const DEFAULT_HOURS = '24';
const FILTERS = {
  search: textParam,
  hours: choiceParam(HOURS, DEFAULT_HOURS),
};
const FILE = 'upcoming-runs.ics';
const READS = [jobReadPermission];
const TOPICS = ['jobs'] as const;

/** What the schedules of all jobs start next, and what holds it up. */
export function UpcomingPage() {
  const { t } = useTranslationRef(runMessages);
  const errorT = useErrorT();
  const { url, filter, clear, saved } = useFilters(FILTERS);
  const api = useApi(operationsApiRef);
  const show = useOutcome();
  const links = useLinks();
  const now = useNow(MINUTE);
  const query = {
    hours: Number(url.hours),
    search: url.search.trim() || undefined,
  };
  // schedules are of jobs: a run that ends changes none of it
  const live = { everyMs: 60_000, topics: TOPICS };
  const upcoming = useLive('GET /upcoming-runs', { query }, live);
  // of the same hours, whatever is searched for
  const others = useLive(
    'GET /upcoming-runs',
    query.search ? { query: { hours: query.hours, search: undefined } } : null,
    live,
  );
  const all = query.search ? others : upcoming;
  const onSearch = useCallback(
    (search: string) => filter({ search }, { replace: true }),
    [filter],
  );
  const save = async () => {
    try {
      // a plain link would carry no token, and be refused
      saveFile(
        FILE,
        await api.download('GET /upcoming-runs/calendar', { query }),
      );
    } catch (error) {
      show({
        text: t('upcoming.notSaved', { reason: errorText(errorT, error) }),
      });
    }
  };
  return (
    <>
      <PageTitle subject={t('upcoming.title')} of={t('title')} />
      <ListPage
        title={t('upcoming.title')}
        live={all}
        reads={READS}
        answer={data => answerOf(t, data, url.hours)}
        intro={<RunViews here="upcoming" />}
        filters={{
          search: {
            value: url.search,
            label: t('upcoming.search'),
            onChange: onSearch,
          },
          facets: [
            {
              id: 'hours',
              title: t('upcoming.within'),
              selected: [url.hours],
              options: HOURS.map(value => ({
                value,
                text: t(`upcoming.hours.${value}`),
              })),
              onChange: hours =>
                filter({
                  hours: (hours.find(one => one !== url.hours) ??
                    DEFAULT_HOURS) as (typeof HOURS)[number],
                }),
            },
          ],
          onClear: clear,
          saved: { list: 'upcoming', ...saved },
          children: (
            <Button startIcon={<GetApp />} onClick={save}>
              {t('upcoming.calendar')}
            </Button>
          ),
        }}
      >
        {upcoming.data?.listedUntil && (
          <Muted>
            {t('upcoming.first', {
              count: upcoming.data.items.length,
              until: clockTime(upcoming.data.listedUntil, now),
            })}
          </Muted>
        )}
        <DataTable
          label={t('upcoming.title')}
          failure={t('upcoming.failure')}
          columns={columns(t, links, now)}
          rows={upcoming.data?.items}
          rowKey={item => `${item.jobId} ${item.at}`}
          live={upcoming}
          onClearFilters={clear}
          noMatch={t('upcoming.noMatch')}
          empty={
            <EmptyState title={t('upcoming.empty.title')}>
              {t('upcoming.empty.text')}
            </EmptyState>
          }
        />
      </ListPage>
    </>
  );
}

function answerOf(
  t: RunT,
  { items, jobCount, isComplete }: Upcoming,
  hours: (typeof HOURS)[number],
): string {
  const when = t(`upcoming.when.${hours}`);
  if (!items.length) return t('upcoming.answer.none', { when });
  // a job that starts often has one row for all of its starts
  const held = new Set(
    items.filter(item => item.obstacles.length > 0).map(item => item.jobId),
  ).size;
  const parts: string[] = [
    t(isComplete ? 'upcoming.answer.jobs' : 'upcoming.answer.moreJobs', {
      count: jobCount,
      when,
    }),
  ];
  if (held > 0) parts.push(t('upcoming.answer.held', { count: held }));
  return parts.join(' · ');
}

function columns(
  t: RunT,
  links: Links,
  now: number,
): Array<Column<UpcomingRun>> {
  return [
    {
      title: t('upcoming.columns.at'),
      width: 220,
      phone: 'head',
      render: item => (
        <>
          {clockTime(item.at, now)}{' '}
          <Muted>
            <RelativeTime at={item.at} />
          </Muted>
        </>
      ),
    },
    {
      title: t('upcoming.columns.job'),
      render: item => (
        <>
          <Link to={links.jobHref({ engine: item.engine, name: item.jobName })}>
            <MiddleTruncate text={item.jobName} tail={12} />
          </Link>
          {item.count > 1 && (
            <Muted>
              {' '}
              {t(item.countIsExact ? 'upcoming.times' : 'upcoming.atLeast', {
                count: item.count,
              })}
            </Muted>
          )}
        </>
      ),
    },
    {
      title: t('upcoming.columns.tenants'),
      align: 'right',
      minWindow: 960,
      render: item => item.tenantCount ?? '–',
    },
    {
      title: t('upcoming.columns.duration'),
      align: 'right',
      minWindow: 960,
      render: item =>
        item.p95DurationMs === undefined
          ? '–'
          : durationText(item.p95DurationMs),
    },
    {
      title: t('upcoming.columns.obstacles'),
      render: item =>
        item.obstacles.map(one => obstacleText(t, one, now)).join(' · '),
    },
  ];
}

function obstacleText(t: RunT, one: UpcomingObstacle, now: number): string {
  if (one.kind === 'no-worker') return t('upcoming.obstacles.noWorker');
  const until = clockTime(one.until, now);
  return one.tenant === undefined
    ? t('upcoming.obstacles.platform', { until })
    : t('upcoming.obstacles.tenant', { tenant: one.tenant, until });
}
