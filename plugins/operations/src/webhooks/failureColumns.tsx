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
import type { WebhookT } from './messages';
import { errorWord } from './words';

const TWO_LINES = {
  display: 'flex',
  flexDirection: 'column',
  minWidth: 0,
} as const;

/** The columns of the failures. */
export function failureColumns(
  t: WebhookT,
  onOpen: (failure: WebhookFailure) => void,
): Array<Column<WebhookFailure>> {
  return [
    {
      title: t('table.event'),
      phone: 'head',
      render: row => (
        <span style={TWO_LINES}>
          <Link
            component="button"
            style={{ textAlign: 'left', maxWidth: '100%' }}
            onClick={() => onOpen(row)}
            {...ROW_LINK}
          >
            <MiddleTruncate text={row.eventType} />
          </Link>
          <MiddleTruncate text={row.webhookId} mono copy={t('copyId')} />
        </span>
      ),
    },
    {
      title: t('table.tenant'),
      width: 116,
      render: row => (
        <span style={TWO_LINES}>
          <MiddleTruncate text={row.tenant} />
          <MiddleTruncate text={row.endpoint} />
        </span>
      ),
    },
    {
      title: t('table.error'),
      width: 126,
      render: row => (
        <span title={row.errorMessage}>
          {errorWord(t, row.errorClass, row.errorCode)}
        </span>
      ),
    },
    countColumn(t('table.attempts'), row => row.attempts, {
      width: 84,
      minWindow: 1280,
    }),
    timeColumn(t('table.lastFailed'), row => row.lastFailedAt),
    {
      title: t('table.state'),
      width: 140,
      render: row => <StatusChip status={row.state} />,
    },
  ];
}
