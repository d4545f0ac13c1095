import { useState } from 'react';
import IconButton from '@material-ui/core/IconButton';
import ExpandLess from '@material-ui/icons/ExpandLess';
import ExpandMore from '@material-ui/icons/ExpandMore';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { RelativeTime } from '../components/RelativeTime';
import {
  DataTable,
  ROW_LINK,
  type Column,
  type DataTableProps,
} from '../components/table';
import { AuditDetails } from './AuditDetails';
import { AuditOutcomeChip } from './AuditOutcomeChip';
import { AuditSentence } from './AuditSentence';

/** Rows of the trail as sentences, each to be opened; which is open is the caller's to keep, or the table's own. */
export function AuditTable(
  props: Omit<
    DataTableProps<AuditEntry>,
    'columns' | 'rowKey' | 'what' | 'label'
  > & {
    label: string;
    open?: string;
    onOpen?: (id: string | undefined) => void;
  },
) {
  const [own, setOwn] = useState<string>();
  const { open = own, onOpen = setOwn, ...table } = props;
  const columns: Array<Column<AuditEntry>> = [
    {
      id: 'when',
      title: 'When',
      width: 120,
      render: entry => <RelativeTime at={entry.at} />,
    },
    {
      id: 'what',
      title: 'What was done',
      narrow: 'head',
      render: entry => <AuditSentence entry={entry} />,
    },
    {
      id: 'outcome',
      title: 'Outcome',
      width: 140,
      render: entry => <AuditOutcomeChip outcome={entry.outcome} />,
    },
    {
      id: 'open',
      title: 'Details',
      hideTitle: true,
      width: 44,
      render: entry => (
        <IconButton
          size="small"
          aria-expanded={entry.id === open}
          aria-label={entry.id === open ? 'Hide details' : 'Show details'}
          onClick={() => onOpen(entry.id === open ? undefined : entry.id)}
          {...ROW_LINK}
        >
          {entry.id === open ? <ExpandLess /> : <ExpandMore />}
        </IconButton>
      ),
    },
  ];
  return (
    <DataTable
      {...table}
      what="audited actions"
      columns={columns}
      rowKey={entry => entry.id}
      selectedKey={open}
      details={entry =>
        entry.id === open ? <AuditDetails entry={entry} /> : null
      }
      onRowClick={entry => onOpen(entry.id === open ? undefined : entry.id)}
    />
  );
}
