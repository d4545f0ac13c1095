import IconButton from '@material-ui/core/IconButton';
import ExpandLess from '@material-ui/icons/ExpandLess';
import ExpandMore from '@material-ui/icons/ExpandMore';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { type DataTableProps, ROW_LINK, timeColumn } from '../components/table';
import { AuditDetails } from './AuditDetails';
import { AuditOutcomeChip } from './AuditOutcomeChip';
import { AuditSentence } from './AuditSentence';

/** The properties of a table that shows entries as sentences, one of which may be open. */
export function auditTable(
  open: string | undefined,
  onOpen: (id: string | undefined) => void,
): Pick<
  DataTableProps<AuditEntry>,
  'columns' | 'details' | 'failure' | 'noMatch' | 'onRowClick' | 'selectedKey'
> {
  const toggle = ({ id }: AuditEntry) => onOpen(id === open ? undefined : id);
  return {
    failure: 'The audited actions could not be loaded',
    noMatch: 'No audited actions match these filters',
    selectedKey: open,
    details: entry =>
      entry.id === open ? <AuditDetails entry={entry} /> : null,
    onRowClick: toggle,
    columns: [
      timeColumn('When', entry => entry.at),
      {
        title: 'What was done',
        phone: 'head',
        render: entry => <AuditSentence entry={entry} />,
      },
      {
        title: 'Outcome',
        width: 140,
        render: entry => <AuditOutcomeChip outcome={entry.outcome} />,
      },
      {
        title: 'Details',
        hideTitle: true,
        width: 44,
        render: entry => (
          <IconButton
            size="small"
            aria-expanded={entry.id === open}
            aria-label={entry.id === open ? 'Hide details' : 'Show details'}
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
