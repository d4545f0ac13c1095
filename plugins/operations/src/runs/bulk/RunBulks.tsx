import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/core-components';
import type {
  RunBulk,
  RunBulkItem,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobCancelPermission,
  jobRetryPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import { BulkProgress, recentBulks } from '../../bulk/BulkProgress';
import { ActionDialog } from '../../components/actions';
import { PlainButton } from '../../components/buttons';
import { MiddleTruncate } from '../../components/MiddleTruncate';
import { StatusChip } from '../../components/StatusChip';
import { DataTable, type Column } from '../../components/table';
import {
  type Links,
  useLinks,
  useLive,
} from '@craft-easy/backstage-plugin-operations-react';
import { runMessages, type RunT } from '../messages';
import { BULK_TOPICS } from '../params';

const PERMISSIONS = {
  retry: jobRetryPermission.name,
  cancel: jobCancelPermission.name,
};
const RESULTS_SHOWN = 100;

/** Bulk actions on runs that are under way, and those that have just ended. */
export function RunBulks() {
  const { t } = useTranslationRef(runMessages);
  const bulks = useLive(
    'GET /run-bulks',
    {},
    { everyMs: 2_000, topics: BULK_TOPICS },
  );
  return (
    <>
      {recentBulks(bulks.data?.items).map(bulk => (
        <BulkProgress
          key={bulk.id}
          bulk={bulk}
          ended={bulk.succeeded + bulk.failed + bulk.refused + bulk.stopped}
          words={{
            label: t('bulks.label', { id: bulk.id }),
            progress: t('bulks.progress'),
            title: titleOf(t, bulk),
            figures: figuresOf(t, bulk),
            stop: t('bulks.stopLabel', { count: bulk.total }),
          }}
          permission={{
            name: PERMISSIONS[bulk.action],
            missing: t('bulks.mayNotStop', {
              permission: PERMISSIONS[bulk.action],
            }),
          }}
          stopDialog={onClose => <StopDialog bulk={bulk} onClose={onClose} />}
        >
          <Results bulk={bulk} />
        </BulkProgress>
      ))}
    </>
  );
}

/** What has become of each run, those that need somebody first, once the user asks. */
function Results({ bulk }: { bulk: RunBulk }) {
  const { t } = useTranslationRef(runMessages);
  const [open, setOpen] = useState(false);
  return (
    <>
      <PlainButton aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('bulks.hide') : t('bulks.show')}
      </PlainButton>
      {open && <ResultsTable bulk={bulk} />}
    </>
  );
}

function ResultsTable({ bulk }: { bulk: RunBulk }) {
  const { t } = useTranslationRef(runMessages);
  const links = useLinks();
  const [bad, setBad] = useState(bulk.failed + bulk.refused > 0);
  const items = useLive(
    'GET /run-bulks/:id/items',
    {
      params: { id: bulk.id },
      query: {
        limit: RESULTS_SHOWN,
        state: bad ? ['failed', 'refused'] : undefined,
      },
    },
    { everyMs: 5_000, topics: BULK_TOPICS },
  );
  const total = items.data?.totalItems ?? 0;
  return (
    <>
      <PlainButton aria-pressed={bad} onClick={() => setBad(!bad)}>
        {bad ? t('bulks.showAll') : t('bulks.showBad')}
      </PlainButton>
      {total > RESULTS_SHOWN &&
        t('bulks.first', { shown: RESULTS_SHOWN, total })}
      <DataTable
        label={t('bulks.results')}
        failure={t('bulks.failure')}
        columns={resultColumns(t, links, bulk)}
        rows={items.data?.items}
        rowKey={item => item.runId}
        live={items}
        expectedRows={3}
        empty={<p style={{ margin: 0, padding: 16 }}>{t('bulks.noneBad')}</p>}
      />
    </>
  );
}

function resultColumns(
  t: RunT,
  links: Links,
  { action }: RunBulk,
): Array<Column<RunBulkItem>> {
  const link = (item: RunBulkItem, id: string) => (
    <Link to={links.runHref({ ...item, id })}>
      <MiddleTruncate text={id} mono tail={6} />
    </Link>
  );
  return [
    {
      title: t('bulks.columns.outcome'),
      width: 160,
      phone: 'head',
      render: item => t(`bulks.states.${action}.${item.state}`),
    },
    {
      title: t('bulks.columns.job'),
      render: item => <MiddleTruncate text={item.jobName} tail={12} />,
    },
    {
      title: t('bulks.columns.tenant'),
      render: item => item.tenant ?? '–',
    },
    {
      title: t('bulks.columns.run'),
      render: item => link(item, item.runId),
    },
    ...(action === 'retry'
      ? [
          {
            title: t('bulks.columns.retry'),
            render: (item: RunBulkItem) =>
              item.madeRunId && item.status
                ? link(item, item.madeRunId)
                : ('–' as const),
          },
        ]
      : []),
    {
      title: t('bulks.columns.status'),
      render: item =>
        item.status && item.state !== 'pending' ? (
          <StatusChip status={item.status} />
        ) : (
          '–'
        ),
    },
    {
      title: t('bulks.columns.message'),
      render: item => item.message ?? '',
    },
  ];
}

/** Stops a bulk action: nothing more of it is begun. */
function StopDialog(props: { bulk: RunBulk; onClose: () => void }) {
  const { t } = useTranslationRef(runMessages);
  const { bulk } = props;
  return (
    <ActionDialog
      action="run.bulk-stop"
      onClose={props.onClose}
      title={t('bulks.stopDialog.title', { count: bulk.total })}
      button={t('bulks.stopDialog.button')}
      danger
      facts={[
        t('bulks.stopDialog.left', { count: bulk.left }),
        t('bulks.stopDialog.begun'),
      ]}
      endpoint="POST /run-bulks/:id/stop"
      params={{ id: bulk.id }}
      outcome={result =>
        t('bulks.stopDialog.outcome', { count: result.bulk.stopped })
      }
    />
  );
}

function titleOf(t: RunT, { status, action, total: count }: RunBulk): string {
  const name = status === 'finished' ? 'ended' : status;
  return t(`bulks.titles.${action}.${name}`, { count });
}

function figuresOf(t: RunT, bulk: RunBulk): string {
  const figures = [
    ['succeeded', true],
    ['failed', bulk.failed > 0],
    ['refused', bulk.refused > 0],
    ['stopped', bulk.stopped > 0],
    ['sent', bulk.sent > 0],
    ['left', bulk.status === 'running'],
  ] as const;
  return figures
    .filter(([, shown]) => shown)
    .map(([name]) =>
      t(`bulks.figures.${bulk.action}.${name}`, { count: bulk[name] }),
    )
    .join(' · ');
}
