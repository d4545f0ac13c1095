import Checkbox from '@material-ui/core/Checkbox';
import Link from '@material-ui/core/Link';
import type { WebhookFailure } from '@craft-easy/backstage-plugin-operations-common';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { RelativeTime } from '../components/RelativeTime';
import { StatusChip } from '../components/StatusChip';
import {
  DataTable,
  ROW_LINK,
  type Column,
  type DataTableProps,
} from '../components/table';
import type { Selection } from './useSelection';
import { errorWord } from './words';

/** The failures, each with a checkbox; a row opens its failure. */
export function FailuresTable(
  props: Omit<
    DataTableProps<WebhookFailure>,
    'columns' | 'rowKey' | 'what' | 'label'
  > & {
    selection: Selection;
    onOpen: (id: string) => void;
  },
) {
  const { selection, onOpen, ...table } = props;
  const columns: Array<Column<WebhookFailure>> = [
    {
      id: 'select',
      title: 'Select',
      hideTitle: true,
      width: 44,
      render: row => (
        <Checkbox
          size="small"
          color="primary"
          style={{ padding: 4 }}
          checked={selection.all || selection.ids.has(row.id)}
          disabled={selection.all}
          inputProps={{ 'aria-label': `Select ${row.webhookId}` }}
          onChange={(_, checked) => selection.toggle([row.id], checked)}
        />
      ),
    },
    {
      id: 'event',
      title: 'Event',
      narrow: 'head',
      render: row => (
        <span style={{ display: 'flex', flexDirection: 'column', minWidth: 0 }}>
          <Link
            component="button"
            style={{ textAlign: 'left' }}
            onClick={() => onOpen(row.id)}
            {...ROW_LINK}
          >
            {row.eventType}
          </Link>
          <MiddleTruncate text={row.webhookId} mono copy="webhook id" />
        </span>
      ),
    },
    {
      id: 'tenant',
      title: 'Tenant',
      render: row => (
        <span style={{ display: 'flex', flexDirection: 'column', minWidth: 0 }}>
          <MiddleTruncate text={row.tenant} />
          <MiddleTruncate text={row.endpoint} />
        </span>
      ),
    },
    {
      id: 'error',
      title: 'Error',
      render: row => (
        <span title={row.errorMessage}>
          {errorWord(row.errorClass, row.errorCode)}
        </span>
      ),
    },
    {
      id: 'attempts',
      title: 'Attempts',
      align: 'right',
      width: 90,
      minWindow: 1280,
      render: row => row.attempts.toLocaleString(),
    },
    {
      id: 'failed',
      title: 'Last failed',
      width: 120,
      render: row => <RelativeTime at={row.lastFailedAt} />,
    },
    {
      id: 'state',
      title: 'State',
      width: 140,
      render: row => <StatusChip status={row.state} />,
    },
  ];
  return (
    <DataTable
      {...table}
      label="Failed webhooks"
      what="failed webhooks"
      columns={columns}
      rowKey={row => row.id}
      onRowClick={row => onOpen(row.id)}
      fixed
    />
  );
}
