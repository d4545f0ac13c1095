import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  flagTogglePermission,
  type Flag,
} from '@craft-easy/backstage-plugin-operations-common';
import { ActionButton, ActionSwitch } from '../components/actions';
import { Countdown } from '../components/Countdown';
import { EmptyState } from '../components/EmptyState';
import { ListPage } from '../components/ListPage';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { SideDrawer } from '../components/SideDrawer';
import { StatusChip } from '../components/StatusChip';
import { LiveTable, useLiveRows, type Column } from '../components/table';
import { useMay } from '../access/useMay';
import { optionalParam, textParam, useFilters } from '../hooks/useUrlState';
import { CreateFlagDialog } from './CreateFlagDialog';
import { FlagHistory } from './FlagHistory';
import { flagMessages } from './messages';
import type { Presettable } from '../shell/presets';
import { SwitchDialog } from './SwitchDialog';
import { flagsAnswer, servedText, switchOf } from './words';

const FILTERS = { search: textParam } satisfies Presettable<'flags'>;
const OPEN = { flag: optionalParam, create: optionalParam };
const PAGE_SIZE = 50;
/** declares flags in the configuration */
const CONFIG_KEY = 'operations.flags';

/** The page of global flags: what each serves, since when, by whom and why, and until when. */
export function FlagsPage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
  const { t } = useTranslationRef(flagMessages);
  const may = useMay(flagTogglePermission);
  const [switching, setSwitching] = useState<{ flag: Flag; to?: string }>();
  const search = url.search.trim() || undefined;
  const flags = useLiveRows(
    'GET /flags',
    { query: { search } },
    {
      pageSize: PAGE_SIZE,
      rowKey: flag => flag.key,
      everyMs: 5_000,
      topics: ['flags'],
    },
  );
  const columns: Array<Column<Flag>> = [
    {
      title: t('table.serving'),
      width: 150,
      render: flag => {
        const names = switchOf(flag);
        if (!names || flag.serving === null) {
          return <code>{servedText(t, flag.serving)}</code>;
        }
        const on = flag.serving === names.on;
        return (
          <>
            <ActionSwitch
              capability={may}
              checked={on}
              label={t('table.switch', { key: flag.key })}
              onChange={() =>
                setSwitching({ flag, to: on ? names.off : names.on })
              }
            />{' '}
            {flag.serving}
          </>
        );
      },
    },
    {
      title: t('table.flag'),
      phone: 'head',
      render: flag => (
        <>
          <code>{flag.key}</code> {flag.stale && <StatusChip status="stale" />}
          {!flag.published && (
            <StatusChip status="queued" text={t('table.notPublished')} />
          )}
          <div style={{ opacity: 0.75 }}>
            {flag.description}
            {flag.tags.length > 0 && ` #${flag.tags.join(' #')}`}
          </div>
        </>
      ),
    },
    {
      title: t('table.owner'),
      width: 150,
      minWindow: 960,
      render: flag => (flag.owner ? <Person of={flag.owner} /> : '–'),
    },
    {
      title: t('table.until'),
      width: 190,
      render: flag =>
        flag.until ? (
          <>
            <Countdown from={flag.changedAt} until={flag.until} />
            <div style={{ opacity: 0.75 }}>
              {t('table.then', { variant: servedText(t, flag.afterVariant) })}
            </div>
          </>
        ) : (
          '–'
        ),
    },
    {
      title: t('table.changed'),
      minWindow: 960,
      render: flag => (
        <span title={flag.changeReason}>
          {t('table.changedBy', {
            time: <RelativeTime at={flag.changedAt} />,
            person: <Person of={flag.changedBy} />,
            reason: flag.changeReason,
          })}
        </span>
      ),
    },
  ];

  return (
    <ListPage
      title={t('title')}
      live={flags}
      answer={data => flagsAnswer(t, data)}
      filters={{
        search: {
          value: url.search,
          onChange: value => filter({ search: value }, { replace: true }),
          label: t('search.label'),
          placeholder: t('search.placeholder'),
        },
        onClear: clear,
        children: (
          <ActionButton
            capability={may}
            rank="primary"
            onClick={() => setUrl({ create: '1' })}
          >
            {t('actions.create')}
          </ActionButton>
        ),
      }}
    >
      <LiveTable
        list={flags}
        label={t('table.title')}
        failure={t('table.failure')}
        noMatch={t('table.noMatch')}
        columns={columns}
        selectedKey={url.flag}
        onClearFilters={clear}
        empty={
          <EmptyState
            title={t('empty.title')}
            snippet={`import { OpenFeature } from '@openfeature/server-sdk';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';

const controls = new Controls({ connection: process.env.REDIS_URL });
await OpenFeature.setProviderAndWait(new OperationsFlagProvider({ controls }));
await OpenFeature.getClient().getBooleanValue('new-checkout', false);`}
          >
            {t('empty.text', { key: <code>{CONFIG_KEY}</code> })}
          </EmptyState>
        }
        rowActions={flag => (
          <>
            <ActionButton
              capability={may}
              label={t('actions.changeFlag', { key: flag.key })}
              onClick={() => setSwitching({ flag })}
            >
              {t('actions.change')}
            </ActionButton>
            <ActionButton
              capability={{ allowed: true }}
              label={t('actions.historyOf', { key: flag.key })}
              onClick={() => setUrl({ flag: flag.key })}
            >
              {t('actions.history')}
            </ActionButton>
          </>
        )}
      />
      <SideDrawer
        label={t('history.title', { key: url.flag ?? '' })}
        open={url.flag !== undefined}
        onClose={() => setUrl({ flag: undefined })}
      >
        {url.flag && <FlagHistory flagKey={url.flag} may={may} />}
      </SideDrawer>
      {switching && (
        <SwitchDialog {...switching} onClose={() => setSwitching(undefined)} />
      )}
      {url.create && (
        <CreateFlagDialog
          onClose={() => setUrl({ create: undefined }, { replace: true })}
        />
      )}
    </ListPage>
  );
}
