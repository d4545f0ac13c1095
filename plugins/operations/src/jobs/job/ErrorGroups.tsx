import { Link } from '@backstage/core-components';
import type { ErrorGroup } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { JobKey } from '@craft-easy/backstage-plugin-operations-common';
import { RelativeTime } from '../../components/RelativeTime';
import { Section } from '../../components/Stack';
import {
  type Column,
  countColumn,
  DataTable,
  RowToggle,
  timeColumn,
} from '../../components/table';
import { useLive } from '../../hooks/useLive';
import { JOB_TOPICS } from '../topics';
import type { RunParam } from '../useRunParam';
import { counted } from '../../components/words';

/**
 * Groups failures that differ only in ids, numbers and quoted values: choosing a group filters the
 * runs below. Renders nothing where nothing failed.
 */
export function ErrorGroups(props: {
  job: JobKey;
  run: RunParam;
  selected: string | undefined;
  onSelect: (fingerprint: string | undefined) => void;
}) {
  const { job, selected, onSelect } = props;
  const groups = useLive(
    'GET /jobs/:engine/:name/error-groups',
    { params: job },
    { topics: JOB_TOPICS, everyMs: 30_000 },
  );
  const rows = groups.data?.items;
  if (!rows?.length && !groups.error) return null;
  const toggle = (group: ErrorGroup) =>
    onSelect(group.fingerprint === selected ? undefined : group.fingerprint);

  const columns: Array<Column<ErrorGroup>> = [
    {
      title: 'Error',
      phone: 'head',
      render: group => (
        <RowToggle
          on={group.fingerprint === selected}
          title={`Show the runs with this error: ${group.message}`}
          onClick={() => toggle(group)}
        >
          {group.lastMessage ?? group.message}
        </RowToggle>
      ),
    },
    countColumn('Times', group => group.count, { width: 80 }),
    {
      title: 'Tenants',
      minWindow: 960,
      render: group => tenantsText(group.tenants),
    },
    timeColumn('First', group => group.firstSeenAt, { minWindow: 960 }),
    {
      title: 'Last',
      width: 120,
      render: group => (
        <Link to={props.run.hrefOf(group.lastRunId)}>
          <RelativeTime at={group.lastSeenAt} />
        </Link>
      ),
    },
  ];
  return (
    <Section
      title="Failures by error"
      aside={rows && counted(rows.length, 'kind of error', 'kinds of error')}
    >
      <DataTable
        label="Failures by error"
        failure="The errors could not be loaded"
        columns={columns}
        rows={rows}
        rowKey={group => group.fingerprint}
        selectedKey={selected}
        onRowClick={toggle}
        live={groups}
        empty={null}
      />
    </Section>
  );
}

function tenantsText(tenants: string[]): string {
  if (tenants.length === 0) return '–';
  if (tenants.length <= 2) return tenants.join(', ');
  return `${tenants[0]}, ${tenants[1]} and ${tenants.length - 2} more`;
}
