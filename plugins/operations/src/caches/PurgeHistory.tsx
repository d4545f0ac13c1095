import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { useApi } from '@backstage/core-plugin-api';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '../api';
import { EmptyState } from '../components/EmptyState';
import { ErrorNotice } from '../components/ErrorNotice';
import { MiddleTruncate } from '../components/MiddleTruncate';
import { Person } from '../components/Person';
import { Section } from '../components/Stack';
import { StatusChip } from '../components/StatusChip';
import {
  type Column,
  LiveTable,
  timeColumn,
  useLiveRows,
} from '../components/table';
import { doneWord, isActive, selectionText } from './words';

const PAGE_SIZE = 20;

const COLUMNS: Array<Column<CachePurge>> = [
  {
    title: 'What',
    phone: 'head',
    render: purge => (
      <>
        {purge.targetTitle}{' '}
        <MiddleTruncate text={selectionText(purge)} mono tail={12} />
      </>
    ),
  },
  {
    title: 'Status',
    width: 130,
    render: purge => <StatusChip status={purge.status} />,
  },
  {
    title: 'Keys',
    align: 'right',
    width: 160,
    render: purge => `${purge.removed.toLocaleString()} ${doneWord(purge)}`,
  },
  {
    title: 'Who and why',
    minWindow: 960,
    render: purge => (
      <>
        <Person of={purge.requestedBy} />: “{purge.reason}”
      </>
    ),
  },
  timeColumn('When', purge => purge.createdAt),
];

/** Lists earlier purges, to look at or to repeat. */
export function PurgeHistory(props: {
  openId: string | undefined;
  onOpen: (id: string) => void;
  onAgain: (purge: CachePurge, keys?: string[]) => void;
}) {
  const api = useApi(operationsApiRef);
  const purges = useLiveRows(
    'GET /cache-purges',
    {},
    {
      pageSize: PAGE_SIZE,
      rowKey: purge => purge.id,
      everyMs: 5_000,
      topics: ['caches'],
    },
  );
  const [failed, setFailed] = useState<{ purge: CachePurge; error: Error }>();
  const again = async (purge: CachePurge) => {
    setFailed(undefined);
    try {
      const path = { params: { id: purge.id } };
      const keys =
        purge.pattern === undefined
          ? (await api.call('GET /cache-purges/:id/keys', path)).keys
          : undefined;
      props.onAgain(purge, keys);
    } catch (error) {
      setFailed({ purge, error: error as Error });
    }
  };
  return (
    <Section title="Purges">
      {failed && (
        <ErrorNotice
          title="The keys of that purge could not be loaded"
          error={failed.error}
          onRetry={() => again(failed.purge)}
        />
      )}
      <LiveTable
        list={purges}
        label="Purges"
        failure="The purges could not be loaded"
        columns={COLUMNS}
        selectedKey={props.openId}
        onRowClick={purge => props.onOpen(purge.id)}
        expectedRows={4}
        rowActions={purge => (
          <>
            <Button size="small" onClick={() => props.onOpen(purge.id)}>
              Open
            </Button>
            {!isActive(purge) && (
              <Button size="small" onClick={() => again(purge)}>
                Again…
              </Button>
            )}
          </>
        )}
        empty={
          <EmptyState title="Nothing has been purged yet">
            Each purge leaves a row here: what it took, how many keys, who, and
            why.
          </EmptyState>
        }
      />
    </Section>
  );
}
