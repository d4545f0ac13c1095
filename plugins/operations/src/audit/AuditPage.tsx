import { useState } from 'react';
import Button from '@material-ui/core/Button';
import type { AuditQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, wrapped } from '../components/styles';
import { ApprovalsPanel } from '../approvals/ApprovalsPanel';
import { EmptyState } from '../components/EmptyState';
import { facetMaker, FilterChip } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { LiveTable, useLiveRows } from '../components/table';
import { counted } from '../components/words';
import { listParam, optionalParam, useFilters } from '../hooks/useUrlState';
import { auditTable } from './auditTable';
import { ExportMenu } from './ExportMenu';
import { Seal } from './Seal';
import { Span, spanStart } from './Span';
import { VerifyDialog } from './VerifyDialog';

const PAGE_SIZE = 50;

const useStyles = styles('Audit', theme => ({
  seal: {
    ...wrapped,
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    '& .MuiButton-root': { marginLeft: theme.spacing(1) },
  },
}));

const FILTERS = {
  action: listParam,
  outcome: listParam,
  actor: listParam,
  tenant: listParam,
  target: optionalParam,
  job: optionalParam,
  span: optionalParam,
};
const OPEN = { entry: optionalParam, approval: optionalParam };
const OUTCOMES = ['succeeded', 'refused', 'failed', 'unknown', 'intended'].map(
  value => ({
    value,
  }),
);
const CLOSED = { entry: undefined };

/** The audit trail, newest first: who did what, to what, for whom, and why. */
export function AuditPage() {
  const classes = useStyles();
  const [verifying, setVerifying] = useState(false);
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN, CLOSED);
  const { entry: open, approval, span, ...wanted } = url;
  const query = {
    ...wanted,
    outcome: wanted.outcome as AuditQuery['outcome'],
  };
  const audit = useLiveRows(
    'GET /audit',
    { query },
    {
      pageSize: PAGE_SIZE,
      rowKey: entry => entry.id,
      held: true,
      topics: ['audit'],
      // the span counts from the moment of each request, so that "the last hour" moves along
      queryNow: () => ({ from: spanStart(span) }),
    },
  );
  const facet = facetMaker<'action' | 'outcome' | 'actor' | 'tenant'>(
    url,
    filter,
  );
  const seen = (name: 'action' | 'actor' | 'tenant', more: string[] = []) =>
    [...new Set([...(audit.data?.items ?? []).map(e => e[name]), ...more])]
      .filter(isText)
      .sort()
      .map(value => ({ value }));

  return (
    <ListPage
      title="Audit"
      live={audit}
      answer={({ totalItems }) => answer(totalItems, clear !== undefined)}
      intro={
        <>
          <div className={classes.seal}>
            <Seal />
            <span>
              <Button size="small" onClick={() => setVerifying(true)}>
                Verify against checkpoints
              </Button>
              <ExportMenu filters={{ ...query, from: spanStart(span) }} />
            </span>
          </div>
          {verifying && <VerifyDialog onClose={() => setVerifying(false)} />}
          <ApprovalsPanel shown={approval} />
        </>
      }
      filters={{
        facets: [
          facet(
            'action',
            'Action',
            seen('action', ['job.run', 'job.cancel', 'job.retry']),
          ),
          facet('outcome', 'Outcome', OUTCOMES),
          facet('actor', 'Who', seen('actor')),
          facet('tenant', 'Tenant', seen('tenant')),
        ],
        onClear: clear,
        children: (
          <>
            <Span value={span} onChange={next => filter({ span: next })} />
            {(['job', 'target'] as const).map(
              name =>
                wanted[name] && (
                  <FilterChip
                    key={name}
                    text={`${name === 'job' ? 'job ' : ''}${wanted[name]}`}
                    onRemove={() => filter({ [name]: undefined })}
                  />
                ),
            )}
          </>
        ),
      }}
    >
      <LiveTable
        {...auditTable(open, entry => setUrl({ entry }))}
        list={audit}
        label="Audit trail"
        pagesOf="the audit trail"
        waiting={n => counted(n, 'new action')}
        onClearFilters={clear}
        empty={
          <EmptyState title="Nothing has been done yet">
            Every action in Operations leaves a row here, those that were
            refused too: who, what, to what, for which tenant, and the reason
            given.
          </EmptyState>
        }
      />
    </ListPage>
  );
}

function answer(total: number, filtered: boolean): string {
  if (total === 0) return filtered ? 'No action matches' : 'No actions yet';
  const count = counted(total, 'action');
  return filtered ? `${count} match` : `${count} on record`;
}

function isText(value: string | undefined): value is string {
  return !!value;
}
