import { useState } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import {
  maintenanceTogglePermission,
  type MaintenanceWindow,
} from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '../api';
import { ActionButton, ActionDialog } from '../components/actions';
import { AnswerLine } from '../components/AnswerLine';
import { EmptyState } from '../components/EmptyState';
import { FilterBar } from '../components/filters';
import { StaleNotice } from '../components/Freshness';
import { Section, Stack } from '../components/Stack';
import { DataTable, Pager } from '../components/table';
import { ExtendDialog } from '../controls/ExtendDialog';
import { useMay } from '../access/useMay';
import { useLive } from '../hooks/useLive';
import { FIRST_PAGE, usePaging } from '../hooks/usePaging';
import { optionalParam, textParam, useUrlState } from '../hooks/useUrlState';
import { MaintenanceDialog } from './MaintenanceDialog';
import { Timeline } from './Timeline';
import { windowColumns } from './windowColumns';
import { maintenanceAnswer, scopeText } from './words';

const PARAMS = {
  tenant: textParam,
  begin: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};
const TOPICS = ['maintenance'];
const PAGE = 25;

/** Maintenance: who is in it, up to when, what is planned, what was. */
export function MaintenancePage() {
  const api = useApi(operationsApiRef);
  const [url, setUrl] = useUrlState(PARAMS);
  const may = useMay(maintenanceTogglePermission);
  const paging = usePaging(PAGE);
  const [extending, setExtending] = useState<MaintenanceWindow>();
  const [ending, setEnding] = useState<MaintenanceWindow>();
  const tenant = url.tenant.trim() || undefined;
  const present = useLive(
    ['maintenance', 'unended', tenant],
    a =>
      a.maintenance.getWindows({
        state: ['active', 'scheduled'],
        tenant,
        limit: 200,
      }),
    { everyMs: 5_000, topics: TOPICS },
  );
  const past = useLive(
    ['maintenance', 'ended', tenant, paging.cursor],
    a =>
      a.maintenance.getWindows({
        state: ['ended'],
        tenant,
        cursor: paging.cursor,
        limit: PAGE,
      }),
    { topics: TOPICS },
  );
  const refresh = () => {
    present.refresh();
    past.refresh();
  };
  const clear = () => setUrl({ tenant: '', ...FIRST_PAGE });
  const windows = present.data?.items;

  return (
    <Stack>
      <AnswerLine
        loading={present.loading}
        updatedAt={present.updatedAt}
        error={present.error}
      >
        {windows ? maintenanceAnswer(windows) : 'Maintenance'}
      </AnswerLine>
      {windows && (
        <StaleNotice error={present.error} updatedAt={present.updatedAt} />
      )}
      <FilterBar
        search={{
          value: url.tenant,
          onChange: value =>
            setUrl({ tenant: value, ...FIRST_PAGE }, { replace: true }),
          label: 'Windows of a tenant',
          placeholder: 'Tenant, by its whole name',
        }}
        facets={[]}
        onClear={tenant ? clear : undefined}
      >
        <ActionButton
          capability={may}
          variant="contained"
          color="primary"
          onClick={() => setUrl({ begin: '1' })}
        >
          Begin maintenance
        </ActionButton>
      </FilterBar>
      {windows && <Timeline windows={windows} />}
      <DataTable
        label="Maintenance in force and planned"
        what="windows"
        columns={windowColumns.present}
        rows={windows && [...windows].reverse()}
        rowKey={w => w.id}
        rowTone={w => (w.overrunning ? 'bad' : undefined)}
        error={present.error}
        onRetry={present.refresh}
        expectedRows={2}
        filtered={tenant !== undefined}
        onClearFilters={clear}
        empty={
          <EmptyState title="Nobody is in maintenance, and none is planned">
            A tenant, or the whole platform, can be read-only or offline for a
            while. It ends by itself.
          </EmptyState>
        }
        rowActions={w => (
          <>
            <ActionButton
              capability={may}
              label={`Extend maintenance of ${scopeText(w.scope)}`}
              onClick={() => setExtending(w)}
            >
              Extend
            </ActionButton>
            <ActionButton
              capability={may}
              label={`${
                w.state === 'active' ? 'End' : 'Cancel'
              } maintenance of ${scopeText(w.scope)}`}
              onClick={() => setEnding(w)}
            >
              {w.state === 'active' ? 'End now' : 'Cancel'}
            </ActionButton>
          </>
        )}
      />
      <Section title="Past windows">
        <DataTable
          label="Past maintenance"
          what="windows"
          columns={windowColumns.past}
          rows={past.data?.items}
          rowKey={w => w.id}
          error={past.error}
          onRetry={past.refresh}
          busy={past.switching}
          expectedRows={3}
          filtered={tenant !== undefined}
          onClearFilters={clear}
          empty={<EmptyState title="There was no maintenance so far" />}
        />
        {past.data && past.data.totalItems > 0 && (
          <Pager
            paging={paging}
            what="windows"
            shown={past.data.items.length}
            total={past.data.totalItems}
            nextCursor={past.data.pageInfo.nextCursor}
          />
        )}
      </Section>
      {url.begin !== undefined && (
        <MaintenanceDialog
          tenant={url.tenant}
          onClose={() => setUrl({ begin: undefined }, { replace: true })}
          onDone={refresh}
        />
      )}
      {extending && (
        <ExtendDialog
          action="maintenance.extend"
          onClose={() => setExtending(undefined)}
          object={`maintenance of ${scopeText(extending.scope)}`}
          endsAt={extending.endsAt}
          perform={(endsAt, { reason, idempotencyKey }) =>
            api.maintenance.extend(
              extending.id,
              { endsAt, reason },
              idempotencyKey,
            )
          }
          outcome={() => {
            refresh();
            return { text: 'The window is extended.' };
          }}
        />
      )}
      {ending && (
        <ActionDialog
          open
          action="maintenance.end"
          onClose={() => setEnding(undefined)}
          verb={ending.state === 'active' ? 'End' : 'Cancel'}
          object={`maintenance of ${scopeText(ending.scope)}`}
          facts={[
            ending.state === 'active'
              ? 'Everything works again within a second; the banner leaves the pages.'
              : 'It will not take place; the announcement leaves the pages.',
          ]}
          perform={({ reason, idempotencyKey }) =>
            api.maintenance.end(ending.id, { reason }, idempotencyKey)
          }
          outcome={() => {
            refresh();
            return {
              text: `Maintenance of ${scopeText(ending.scope)} is over.`,
            };
          }}
        />
      )}
    </Stack>
  );
}
