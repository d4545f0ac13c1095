import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import ChevronRight from '@material-ui/icons/ChevronRight';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { type DataTableProps, ROW_LINK, timeColumn } from '../components/table';
import { AuditOutcomeChip } from './AuditOutcomeChip';
import { AuditSentence } from './AuditSentence';
import { auditMessages } from './messages';

/** The properties of a table that shows entries as sentences, one of which is open beside it. */
export function useAuditTable(
  open: string | undefined,
  onOpen: (id: string) => void,
): Pick<
  DataTableProps<AuditEntry>,
  'columns' | 'failure' | 'noMatch' | 'onRowClick' | 'selectedKey'
> {
  const { t } = useTranslationRef(auditMessages);
  return {
    failure: t('table.failure'),
    noMatch: t('table.noMatch'),
    selectedKey: open,
    onRowClick: entry => onOpen(entry.id),
    columns: [
      timeColumn(t('table.when'), entry => entry.at),
      {
        title: t('table.action'),
        phone: 'head',
        render: entry => <AuditSentence entry={entry} />,
      },
      {
        title: t('table.outcome'),
        width: 140,
        render: entry => <AuditOutcomeChip outcome={entry.outcome} />,
      },
      {
        title: t('table.details'),
        hideTitle: true,
        width: 44,
        render: entry => (
          <IconButton
            size="small"
            aria-label={t('table.show')}
            onClick={() => onOpen(entry.id)}
            {...ROW_LINK}
          >
            <ChevronRight />
          </IconButton>
        ),
      },
    ],
  };
}
