import { useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import Button from '@material-ui/core/Button';
import type {
  AuditEntry,
  AuditQuery,
} from '@craft-easy/backstage-plugin-operations-common';
import { ApprovalsPanel } from '../approvals/ApprovalsPanel';
import { AnswerLine } from '../components/AnswerLine';
import { EmptyState } from '../components/EmptyState';
import { FilterBar, FilterChip } from '../components/filters';
import { StaleNotice } from '../components/Freshness';
import { Stack } from '../components/Stack';
import { Pager, useHeldRows } from '../components/table';
import { WaitingNotice } from '../components/WaitingNotice';
import { useLive } from '../hooks/useLive';
import { FIRST_PAGE, usePaging } from '../hooks/usePaging';
import { listParam, optionalParam, useUrlState } from '../hooks/useUrlState';
import { AuditTable } from './AuditTable';
import { ExportMenu } from './ExportMenu';
import { Seal } from './Seal';
import { Span, spanStart } from './Span';
import { VerifyDialog } from './VerifyDialog';

const PAGE_SIZE = 50;

const useStyles = makeStyles(
  theme => ({
    seal: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: theme.spacing(1),
      '& .MuiButton-root': { marginLeft: theme.spacing(1) },
    },
  }),
  { name: 'OperationsAudit' },
);

const PARAMS = {
  action: listParam,
  outcome: listParam,
  actor: listParam,
  tenant: listParam,
  target: optionalParam,
  job: optionalParam,
  span: optionalParam,
  entry: optionalParam,
  approval: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};

const OFF = {
  action: [],
  outcome: [],
  actor: [],
  tenant: [],
  target: undefined,
  job: undefined,
  span: undefined,
  entry: undefined,
};

/** Who did what, to what, for whom, and why; newest first, sealed. */
export function AuditPage() {
  const classes = useStyles();
  const [verifying, setVerifying] = useState(false);
  const [filters, setFilters] = useUrlState(PARAMS);
  const paging = usePaging(PAGE_SIZE);
  const {
    entry: open,
    approval,
    cursor: _cursor,
    page: _page,
    span,
    ...wanted
  } = filters;
  const query = {
    ...wanted,
    outcome: wanted.outcome as AuditQuery['outcome'],
    cursor: paging.cursor,
    limit: PAGE_SIZE,
  };
  const scope = JSON.stringify([query, span]);
  const audit = useLive(
    ['audit', scope],
    // the span is counted from now on every request, so that "the last hour" moves along
    api => api.getAudit({ ...query, from: spanStart(span) }),
    { topics: ['audit'] },
  );
  const held = useHeldRows(audit.data?.items, entryId, scope);
  const filter = (patch: Partial<typeof filters>) =>
    setFilters({ ...FIRST_PAGE, entry: undefined, ...patch });
  const filtered =
    wanted.action.length +
      wanted.outcome.length +
      wanted.actor.length +
      wanted.tenant.length >
      0 ||
    !!wanted.target ||
    !!wanted.job ||
    !!span;
  const known = (
    of: (entry: AuditEntry) => string | undefined,
    more: string[] = [],
  ) => [
    ...new Set([...(audit.data?.items ?? []).map(of), ...more].filter(isText)),
  ];

  return (
    <Stack>
      <AnswerLine
        loading={audit.loading}
        updatedAt={audit.updatedAt}
        error={audit.error}
      >
        {audit.data ? answer(audit.data.totalItems, filtered) : 'Audit'}
      </AnswerLine>
      <div className={classes.seal}>
        <Seal />
        <span>
          <Button size="small" onClick={() => setVerifying(true)}>
            Verify against checkpoints
          </Button>
          <ExportMenu filters={filterQuery(query, spanStart(span))} />
        </span>
      </div>
      {verifying && <VerifyDialog onClose={() => setVerifying(false)} />}
      <ApprovalsPanel shown={approval} />
      {audit.data && (
        <StaleNotice error={audit.error} updatedAt={audit.updatedAt} />
      )}
      <FilterBar
        facets={[
          {
            id: 'action',
            title: 'Action',
            selected: wanted.action,
            onChange: action => filter({ action }),
            options: known(
              entry => entry.action,
              ['job.run', 'job.cancel', 'job.retry'],
            )
              .sort()
              .map(value => ({ value })),
          },
          {
            id: 'outcome',
            title: 'Outcome',
            selected: wanted.outcome,
            onChange: outcome => filter({ outcome }),
            options: ['succeeded', 'refused', 'failed', 'intended'].map(
              value => ({ value }),
            ),
          },
          {
            id: 'actor',
            title: 'Who',
            selected: wanted.actor,
            onChange: actor => filter({ actor }),
            options: known(entry => entry.actor).map(value => ({ value })),
          },
          {
            id: 'tenant',
            title: 'Tenant',
            selected: wanted.tenant,
            onChange: tenant => filter({ tenant }),
            options: known(entry => entry.tenant).map(value => ({ value })),
          },
        ]}
        onClear={filtered ? () => filter(OFF) : undefined}
      >
        <Span value={span} onChange={next => filter({ span: next })} />
        {wanted.job && (
          <FilterChip
            text={`job ${wanted.job}`}
            onRemove={() => filter({ job: undefined })}
          />
        )}
        {wanted.target && (
          <FilterChip
            text={wanted.target}
            onRemove={() => filter({ target: undefined })}
          />
        )}
      </FilterBar>
      <WaitingNotice
        text={paging.page === 1 ? waitingText(held.waiting) : undefined}
        onShow={held.release}
      />
      <AuditTable
        label="Audit trail"
        rows={audit.data && held.rows}
        open={open ?? ''}
        onOpen={id => setFilters({ entry: id })}
        error={audit.error}
        onRetry={audit.refresh}
        filtered={filtered}
        onClearFilters={() => filter(OFF)}
        busy={audit.switching}
        bodyProps={held.holdProps}
        empty={
          <EmptyState title="Nothing has been done yet">
            Every action in Operations leaves a row here, those that were
            refused too: who, what, to what, for which tenant, and the reason
            given.
          </EmptyState>
        }
      />
      <Pager
        paging={paging}
        shown={held.rows.length}
        total={audit.data?.totalItems ?? 0}
        nextCursor={audit.data?.pageInfo.nextCursor}
        what="the audit trail"
      />
    </Stack>
  );
}

/** The filters as the export takes them. */
function filterQuery(
  query: { cursor?: string; limit: number } & object,
  from: string | undefined,
): string {
  const { cursor: _, limit: __, ...filters } = query;
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, from })) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) params.append(name, String(one));
    }
  }
  return params.toString();
}

function entryId(entry: AuditEntry): string {
  return entry.id;
}

function isText(value: string | undefined): value is string {
  return !!value;
}

function answer(total: number, filtered: boolean): string {
  if (total === 0) return filtered ? 'No action matches' : 'No actions yet';
  const count = `${total.toLocaleString()} ${
    total === 1 ? 'action' : 'actions'
  }`;
  return filtered ? `${count} match` : `${count} on record`;
}

function waitingText(n: number): string | undefined {
  if (n === 0) return undefined;
  return n === 1 ? '1 new action' : `${n} new actions`;
}
