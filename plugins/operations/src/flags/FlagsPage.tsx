import { useState } from 'react';
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
import { StatusChip } from '../components/StatusChip';
import { LiveTable, useLiveRows, type Column } from '../components/table';
import { useMay } from '../access/useMay';
import { optionalParam, textParam, useFilters } from '../hooks/useUrlState';
import { CreateFlagDialog } from './CreateFlagDialog';
import { FlagHistory } from './FlagHistory';
import { SwitchDialog } from './SwitchDialog';
import { flagsAnswer, servedText, switchOf } from './words';

const FILTERS = { search: textParam };
const OPEN = { flag: optionalParam, create: optionalParam };
const PAGE_SIZE = 50;

/** The page of global flags: what each serves, since when, by whom and why, and until when. */
export function FlagsPage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
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
      title: 'Serving',
      width: 150,
      render: flag => {
        const names = switchOf(flag);
        if (!names || flag.serving === null) {
          return <code>{servedText(flag.serving)}</code>;
        }
        const on = flag.serving === names.on;
        return (
          <>
            <ActionSwitch
              capability={may}
              checked={on}
              label={`Switch ${flag.key}`}
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
      title: 'Flag',
      phone: 'head',
      render: flag => (
        <>
          <code>{flag.key}</code> {flag.stale && <StatusChip status="stale" />}
          {!flag.published && (
            <StatusChip status="queued" text="not published yet" />
          )}
          <div style={{ opacity: 0.75 }}>
            {flag.description}
            {flag.tags.length > 0 && ` #${flag.tags.join(' #')}`}
          </div>
        </>
      ),
    },
    {
      title: 'Owner',
      width: 150,
      minWindow: 960,
      render: flag => (flag.owner ? <Person of={flag.owner} /> : '–'),
    },
    {
      title: 'Until',
      width: 190,
      render: flag =>
        flag.until ? (
          <>
            <Countdown from={flag.changedAt} until={flag.until} />
            <div style={{ opacity: 0.75 }}>
              then {servedText(flag.afterVariant)}
            </div>
          </>
        ) : (
          '–'
        ),
    },
    {
      title: 'Changed',
      minWindow: 960,
      render: flag => (
        <span title={flag.changeReason}>
          <RelativeTime at={flag.changedAt} /> by <Person of={flag.changedBy} />
          : “{flag.changeReason}”
        </span>
      ),
    },
  ];

  return (
    <ListPage
      title="Flags"
      live={flags}
      answer={({ items, totalItems }) => flagsAnswer(items, totalItems)}
      filters={{
        search: {
          value: url.search,
          onChange: value => filter({ search: value }, { replace: true }),
          label: 'Search flags',
          placeholder: 'Key or description',
        },
        onClear: clear,
        children: (
          <ActionButton
            capability={may}
            primary
            onClick={() => setUrl({ create: '1' })}
          >
            Create a flag
          </ActionButton>
        ),
      }}
    >
      <LiveTable
        list={flags}
        label="Global flags"
        failure="The flags could not be loaded"
        noMatch="No flags match these filters"
        columns={columns}
        selectedKey={url.flag}
        onClearFilters={clear}
        empty={
          <EmptyState
            title="There are no flags yet"
            snippet={`import { OpenFeature } from '@openfeature/server-sdk';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';

const controls = new Controls({ connection: process.env.REDIS_URL });
await OpenFeature.setProviderAndWait(new OperationsFlagProvider({ controls }));
await OpenFeature.getClient().getBooleanValue('new-checkout', false);`}
          >
            Create one here, or declare it under <code>operations.flags</code>{' '}
            in the portal's configuration.
          </EmptyState>
        }
        rowActions={flag => (
          <>
            <ActionButton
              capability={may}
              label={`Change what ${flag.key} serves`}
              onClick={() => setSwitching({ flag })}
            >
              Change
            </ActionButton>
            <ActionButton
              capability={{ allowed: true }}
              label={`History of ${flag.key}`}
              onClick={() =>
                setUrl({ flag: url.flag === flag.key ? undefined : flag.key })
              }
            >
              History
            </ActionButton>
          </>
        )}
      />
      {url.flag && (
        <FlagHistory
          flagKey={url.flag}
          may={may}
          onClose={() => setUrl({ flag: undefined })}
        />
      )}
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
