import { useState } from 'react';
import { Navigate } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { AuditQuery } from '@craft-easy/backstage-plugin-operations-common/internal';
import { styles, wrapped } from '../components/styles';
import { EmptyState } from '../components/EmptyState';
import { facetMaker, FilterChip } from '../components/filters';
import { ListPage } from '../components/ListPage';
import { LiveTable, useLiveRows } from '../components/table';
import { listParam, optionalParam, useFilters } from '../hooks/useUrlState';
import { useLinks } from '@craft-easy/backstage-plugin-operations-react';
import { AuditDrawer } from './AuditDrawer';
import { useAuditTable } from './useAuditTable';
import { ExportMenu } from './ExportMenu';
import { auditMessages, type AuditT } from './messages';
import { Seal } from './Seal';
import { Span, spanStart } from './Span';
import { targetText } from './targets';
import { VerifyDialog } from './VerifyDialog';
import { Button } from '../components';
import type { Presettable } from '../shell/presets';

const PAGE_SIZE = 50;

const useStyles = styles('Audit', theme => ({
  seal: {
    ...wrapped,
    justifyContent: 'space-between',
    gap: theme.spacing(1),
  },
  tools: { ...wrapped, gap: theme.spacing(1) },
}));

const FILTERS = {
  action: listParam,
  outcome: listParam,
  actor: listParam,
  tenant: listParam,
  target: optionalParam,
  job: optionalParam,
  span: optionalParam,
} satisfies Presettable<'audit'>;
const OPEN = { entry: optionalParam, approval: optionalParam };
const OUTCOMES = [
  'succeeded',
  'refused',
  'failed',
  'unknown',
  'intended',
] as const;
const CLOSED = { entry: undefined };

/** The audit trail, newest first: who did what, to what, for whom, and why. */
export function AuditPage() {
  const classes = useStyles();
  const { t } = useTranslationRef(auditMessages);
  const [verifying, setVerifying] = useState(false);
  const links = useLinks();
  const { url, setUrl, filter, clear, saved } = useFilters(
    FILTERS,
    OPEN,
    CLOSED,
  );
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
  const table = useAuditTable(open, entry => setUrl({ entry }));
  const facet = facetMaker<'action' | 'outcome' | 'actor' | 'tenant'>(
    url,
    filter,
  );
  const seen = (name: 'action' | 'actor' | 'tenant', more: string[] = []) =>
    [...new Set([...(audit.data?.items ?? []).map(e => e[name]), ...more])]
      .filter(isText)
      .sort()
      .map(value => ({ value }));

  // a link from before approvals had a page
  if (approval)
    return <Navigate to={links.pageHref('approvals', { approval })} replace />;
  return (
    <ListPage
      title={t('title')}
      live={audit}
      answer={({ totalItems }) => answer(t, totalItems, clear !== undefined)}
      intro={
        <>
          <div className={classes.seal}>
            <Seal />
            <span className={classes.tools}>
              <Button onClick={() => setVerifying(true)}>
                {t('verify.action')}
              </Button>
              <ExportMenu filters={{ ...query, from: spanStart(span) }} />
            </span>
          </div>
          {verifying && <VerifyDialog onClose={() => setVerifying(false)} />}
        </>
      }
      filters={{
        facets: [
          facet(
            'action',
            t('facets.action'),
            seen('action', ['job.run', 'job.cancel', 'job.retry']),
          ),
          facet(
            'outcome',
            t('facets.outcome'),
            OUTCOMES.map(value => ({ value, text: t(`outcomes.${value}`) })),
          ),
          facet('actor', t('facets.actor'), seen('actor')),
          facet('tenant', t('facets.tenant'), seen('tenant')),
        ],
        onClear: clear,
        saved: { list: 'audit', ...saved },
        children: (
          <>
            <Span value={span} onChange={next => filter({ span: next })} />
            {wanted.job && (
              <FilterChip
                text={t('facets.job', { job: wanted.job })}
                onRemove={() => filter({ job: undefined })}
              />
            )}
            {wanted.target && (
              <FilterChip
                text={targetText(t, wanted.target)}
                onRemove={() => filter({ target: undefined })}
              />
            )}
          </>
        ),
      }}
    >
      <LiveTable
        {...table}
        list={audit}
        label={t('table.title')}
        waiting={count => t('table.waiting', { count })}
        onClearFilters={clear}
        empty={
          <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
        }
      />
      <AuditDrawer
        entries={audit.data?.items}
        open={open}
        onClose={() => setUrl({ entry: undefined })}
      />
    </ListPage>
  );
}

function answer(t: AuditT, count: number, filtered: boolean): string {
  if (count === 0) return t(filtered ? 'headline.noneMatch' : 'headline.none');
  return t(filtered ? 'headline.match' : 'headline.recorded', { count });
}

function isText(value: string | undefined): value is string {
  return !!value;
}
