import { useTranslationRef } from '@backstage/frontend-plugin-api';
import IconButton from '@material-ui/core/IconButton';
import ExpandLess from '@material-ui/icons/ExpandLess';
import ExpandMore from '@material-ui/icons/ExpandMore';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { type DataTableProps, ROW_LINK, timeColumn } from '../components/table';
import { AuditDetails } from './AuditDetails';
import { AuditOutcomeChip } from './AuditOutcomeChip';
import { AuditSentence } from './AuditSentence';
import { auditMessages } from './messages';

/** The properties of a table that shows entries as sentences, one of which may be open. */
export function useAuditTable(
  open: string | undefined,
  onOpen: (id: string | undefined) => void,
): Pick<
  DataTableProps<AuditEntry>,
  'columns' | 'details' | 'failure' | 'noMatch' | 'onRowClick' | 'selectedKey'
> {
  const { t } = useTranslationRef(auditMessages);
  const toggle = ({ id }: AuditEntry) => onOpen(id === open ? undefined : id);
  return {
    failure: t('table.failure'),
    noMatch: t('table.noMatch'),
    selectedKey: open,
    details: entry =>
      entry.id === open ? <AuditDetails entry={entry} /> : null,
    onRowClick: toggle,
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
            aria-expanded={entry.id === open}
            aria-label={t(entry.id === open ? 'table.hide' : 'table.show')}
            onClick={() => toggle(entry)}
            {...ROW_LINK}
          >
            {entry.id === open ? <ExpandLess /> : <ExpandMore />}
          </IconButton>
        ),
      },
    ],
  };
}
