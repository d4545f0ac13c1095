import { useState } from 'react';
import {
  flagTogglePermission,
  type Flag,
} from '@craft-easy/backstage-plugin-operations-common';
import { ActionButton, ActionSwitch } from '../components/actions';
import { AnswerLine } from '../components/AnswerLine';
import { Countdown } from '../components/Countdown';
import { EmptyState } from '../components/EmptyState';
import { FilterBar } from '../components/filters';
import { StaleNotice } from '../components/Freshness';
import { Person } from '../components/Person';
import { RelativeTime } from '../components/RelativeTime';
import { Stack } from '../components/Stack';
import { StatusChip } from '../components/StatusChip';
import { DataTable, Pager, type Column } from '../components/table';
import { useMay } from '../access/useMay';
import { useLive } from '../hooks/useLive';
import { FIRST_PAGE, usePaging } from '../hooks/usePaging';
import { optionalParam, textParam, useUrlState } from '../hooks/useUrlState';
import { CreateFlagDialog } from './CreateFlagDialog';
import { FlagHistory } from './FlagHistory';
import { SwitchDialog } from './SwitchDialog';
import { flagsAnswer, servedText, switchOf } from './words';

const PARAMS = {
  search: textParam,
  flag: optionalParam,
  create: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};
const PAGE = 50;

/** Global flags: what is served, since when, by whom and why, up to when. */
export function FlagsPage() {
  const [url, setUrl] = useUrlState(PARAMS);
  const may = useMay(flagTogglePermission);
  const paging = usePaging(PAGE);
  const [switching, setSwitching] = useState<{ flag: Flag; to?: string }>();
  const search = url.search.trim() || undefined;
  const flags = useLive(
    ['flags', search, paging.cursor],
    api => api.flags.getFlags({ search, cursor: paging.cursor, limit: PAGE }),
    { everyMs: 5_000, topics: ['flags'] },
  );
  const clear = () => setUrl({ search: '', ...FIRST_PAGE });
  const columns: Array<Column<Flag>> = [
    {
      id: 'serving',
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
      id: 'key',
      title: 'Flag',
      narrow: 'head',
      render: flag => (
        <>
          <code>{flag.key}</code> {flag.stale && <StatusChip status="stale" />}
          {!flag.published && (
            <StatusChip status="queued" text="not told yet" />
          )}
          <div style={{ opacity: 0.75 }}>
            {flag.description}
            {flag.tags.length > 0 && ` #${flag.tags.join(' #')}`}
          </div>
        </>
      ),
    },
    {
      id: 'owner',
      title: 'Owner',
      width: 150,
      minWindow: 960,
      render: flag => (flag.owner ? <Person of={flag.owner} /> : '–'),
    },
    {
      id: 'until',
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
      id: 'changed',
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
    <Stack>
      <AnswerLine
        loading={flags.loading}
        updatedAt={flags.updatedAt}
        error={flags.error}
      >
        {flags.data
          ? flagsAnswer(flags.data.items, flags.data.totalItems)
          : 'Flags'}
      </AnswerLine>
      {flags.data && (
        <StaleNotice error={flags.error} updatedAt={flags.updatedAt} />
      )}
      <FilterBar
        search={{
          value: url.search,
          onChange: value =>
            setUrl({ search: value, ...FIRST_PAGE }, { replace: true }),
          label: 'Search flags',
          placeholder: 'Key or description',
        }}
        facets={[]}
        onClear={search ? clear : undefined}
      >
        <ActionButton
          capability={may}
          variant="contained"
          color="primary"
          onClick={() => setUrl({ create: '1' })}
        >
          Create a flag
        </ActionButton>
      </FilterBar>
      <DataTable
        label="Global flags"
        what="flags"
        columns={columns}
        rows={flags.data?.items}
        rowKey={flag => flag.key}
        selectedKey={url.flag}
        error={flags.error}
        onRetry={flags.refresh}
        busy={flags.switching}
        filtered={search !== undefined}
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
      {flags.data && flags.data.totalItems > PAGE && (
        <Pager
          paging={paging}
          what="flags"
          shown={flags.data.items.length}
          total={flags.data.totalItems}
          nextCursor={flags.data.pageInfo.nextCursor}
        />
      )}
      {url.flag && (
        <FlagHistory
          flagKey={url.flag}
          may={may}
          onReverted={flags.refresh}
          onClose={() => setUrl({ flag: undefined })}
        />
      )}
      {switching && (
        <SwitchDialog
          {...switching}
          onClose={() => setSwitching(undefined)}
          onDone={flags.refresh}
        />
      )}
      {url.create && (
        <CreateFlagDialog
          onClose={() => setUrl({ create: undefined }, { replace: true })}
          onDone={flags.refresh}
        />
      )}
    </Stack>
  );
}
