import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  JobKey,
  Run,
} from '@craft-easy/backstage-plugin-operations-common';
import type { TenantGrid } from '@craft-easy/backstage-plugin-operations-common/internal';
import { RelativeTime } from '../../components/RelativeTime';
import { Section } from '../../components/Stack';
import { StatusChip } from '../../components/StatusChip';
import { DataTable, RowToggle, type Column } from '../../components/table';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { RunBars } from '../RunBars';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { PlainButton } from '../../components/buttons';
import { isFailure } from '../failures';
import { jobMessages, type JobT } from '../messages';

type Row = TenantGrid['tenants'][number];

const FEW = 8;

/**
 * The last runs of each tenant, failing tenants first, so that "one tenant fails" is seen at a
 * glance.
 */
export function TenantGridSection(props: {
  job: JobKey;
  run: RunParam;
  selected: string[];
  onTenant: (tenants: string[]) => void;
}) {
  const { t } = useTranslationRef(jobMessages);
  const [all, setAll] = useState(false);
  const { job, selected } = props;
  const grid = useLive(
    'GET /jobs/:engine/:name/tenants',
    { params: job },
    { topics: JOB_TOPICS, everyMs: 20_000 },
  );
  const rows = grid.data && byNeed(grid.data.tenants);
  const toggle = ({ tenant }: Row) =>
    props.onTenant(
      selected.includes(tenant)
        ? selected.filter(other => other !== tenant)
        : [...selected, tenant],
    );

  const columns: Array<Column<Row>> = [
    {
      title: t('tenants.columns.tenant'),
      phone: 'head',
      render: row => (
        <RowToggle
          on={selected.includes(row.tenant)}
          title={t('tenants.show')}
          onClick={() => toggle(row)}
        >
          {row.tenant}
        </RowToggle>
      ),
    },
    {
      title: t('tenants.columns.recent'),
      phone: 'head',
      align: 'right',
      render: row => (
        <RunBars
          variant="cells"
          of={row.tenant}
          runs={[...row.runs].reverse().map(barOf)}
          hrefOf={props.run.hrefOf}
          onOpen={props.run.open}
        />
      ),
    },
    {
      title: t('tenants.columns.last'),
      width: 240,
      render: row => <LastRun run={row.runs[0]} />,
    },
  ];
  return (
    <Section title={t('tenants.title')} aside={rows && gridText(t, rows)}>
      <DataTable
        label={t('tenants.label')}
        failure={t('tenants.failure')}
        columns={columns}
        rows={all ? rows : rows?.slice(0, FEW)}
        rowKey={row => row.tenant}
        rowTone={row => (isFailing(row) ? 'bad' : undefined)}
        live={grid}
        expectedRows={4}
        empty={<p style={{ margin: 0, padding: 16 }}>{t('tenants.empty')}</p>}
      />
      {rows && rows.length > FEW && !all && (
        <PlainButton onClick={() => setAll(true)}>
          {t('tenants.showAll', { n: rows.length })}
        </PlainButton>
      )}
    </Section>
  );
}

function LastRun({ run }: { run: Run | undefined }) {
  if (!run) return <StatusChip status="never" />;
  const at = run.endedAt ?? run.startedAt ?? run.queuedAt;
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <StatusChip status={run.status} /> {at && <RelativeTime at={at} />}
    </span>
  );
}

function isFailing(row: Row): boolean {
  return isFailure(row.runs[0]?.status);
}

function byNeed(rows: Row[]): Row[] {
  return [...rows].sort(
    (a, b) =>
      Number(isFailing(b)) - Number(isFailing(a)) ||
      a.tenant.localeCompare(b.tenant),
  );
}

function gridText(t: JobT, rows: Row[]): string {
  const failing = rows.filter(isFailing).map(row => row.tenant);
  const total = rows.length;
  if (failing.length === 0) return t('tenants.fine', { total });
  return failing.length === 1
    ? t('tenants.failingOne', { tenant: failing[0], total })
    : t('tenants.failing', { failing: failing.length, total });
}

function barOf(run: Run) {
  return {
    id: run.id,
    status: run.status,
    durationMs: run.durationMs,
    at: run.endedAt ?? run.startedAt ?? run.queuedAt ?? '',
    tenant: run.tenant,
  };
}
