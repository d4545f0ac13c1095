import Checkbox from '@material-ui/core/Checkbox';
import Link from '@material-ui/core/Link';
import type { WebhookFailure } from '@craft-easy/backstage-plugin-operations-common';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { StatusChip } from '../components/StatusChip';
import {
  type Column,
  countColumn,
  ROW_LINK,
  timeColumn,
} from '../components/table';
import type { Selection } from './useSelection';
import { errorWord } from './words';

const TWO_LINES = {
  display: 'flex',
  flexDirection: 'column',
  minWidth: 0,
} as const;

/** The columns of the failures, each with a checkbox. */
export function failureColumns(
  selection: Selection,
  onOpen: (failure: WebhookFailure) => void,
): Array<Column<WebhookFailure>> {
  return [
    {
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
      title: 'Event',
      phone: 'head',
      render: row => (
        <span style={TWO_LINES}>
          <Link
            component="button"
            style={{ textAlign: 'left' }}
            onClick={() => onOpen(row)}
            {...ROW_LINK}
          >
            {row.eventType}
          </Link>
          <MiddleTruncate text={row.webhookId} mono copy="Copy webhook id" />
        </span>
      ),
    },
    {
      title: 'Tenant',
      render: row => (
        <span style={TWO_LINES}>
          <MiddleTruncate text={row.tenant} />
          <MiddleTruncate text={row.endpoint} />
        </span>
      ),
    },
    {
      title: 'Error',
      render: row => (
        <span title={row.errorMessage}>
          {errorWord(row.errorClass, row.errorCode)}
        </span>
      ),
    },
    countColumn('Attempts', row => row.attempts, {
      width: 90,
      minWindow: 1280,
    }),
    timeColumn('Last failed', row => row.lastFailedAt),
    {
      title: 'State',
      width: 140,
      render: row => <StatusChip status={row.state} />,
    },
  ];
}
