import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import type { CachePurge } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';
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
import { cacheMessages, type CacheT } from './messages';
import { doneText, isActive, selectionText } from './words';
import { Button } from '../components';

const PAGE_SIZE = 20;

/** A purge as it was seen last. */
const known = (purge: CachePurge, latest: CachePurge | undefined) =>
  latest?.id === purge.id ? latest : purge;

const columns = (
  t: CacheT,
  latest: CachePurge | undefined,
): Array<Column<CachePurge>> => [
  {
    title: t('history.what'),
    phone: 'head',
    render: purge => (
      <>
        {purge.targetTitle}{' '}
        <MiddleTruncate text={selectionText(t, purge)} mono tail={12} />
      </>
    ),
  },
  {
    title: t('history.status'),
    width: 130,
    render: purge => <StatusChip status={known(purge, latest).status} />,
  },
  {
    title: t('history.keys'),
    align: 'right',
    width: 160,
    render: purge => doneText(t, known(purge, latest)),
  },
  {
    title: t('history.who'),
    minWindow: 960,
    render: purge =>
      t('history.whoWhy', {
        person: <Person of={purge.requestedBy} />,
        reason: purge.reason,
      }),
  },
  timeColumn(t('history.when'), purge => purge.createdAt),
];

/** Lists earlier purges, to look at or to repeat. */
export function PurgeHistory(props: {
  openId: string | undefined;
  onOpen: (id: string) => void;
  /** the latest that is known of one of them */
  latest: CachePurge | undefined;
  onAgain: (purge: CachePurge, keys?: string[]) => void;
}) {
  const { t } = useTranslationRef(cacheMessages);
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
    <Section title={t('history.title')}>
      {failed && (
        <ErrorNotice
          title={t('history.keysFailure')}
          error={failed.error}
          onRetry={() => again(failed.purge)}
        />
      )}
      <LiveTable
        list={purges}
        label={t('history.title')}
        failure={t('history.failure')}
        columns={columns(t, props.latest)}
        selectedKey={props.openId}
        onRowClick={purge => props.onOpen(purge.id)}
        expectedRows={4}
        rowActions={purge => (
          <>
            <Button rank="tertiary" onClick={() => props.onOpen(purge.id)}>
              {t('history.open')}
            </Button>
            {!isActive(purge) && (
              <Button onClick={() => again(purge)}>{t('history.again')}</Button>
            )}
          </>
        )}
        empty={
          <EmptyState title={t('history.empty')}>
            {t('history.emptyText')}
          </EmptyState>
        }
      />
    </Section>
  );
}
