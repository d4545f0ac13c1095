import { useState } from 'react';
import Button from '@material-ui/core/Button';
import { useApi } from '@backstage/core-plugin-api';
import {
  rateLimitOverridePermission,
  type RateLimitOverride,
  type RateLimitUsage,
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
import { OverrideDialog } from './OverrideDialog';
import { overrideColumns } from './overrideColumns';
import { UsageTable } from './UsageTable';
import { limitText, overridesAnswer, subjectText } from './words';

const PARAMS = {
  search: textParam,
  /** the dialog, for this tenant */
  override: optionalParam,
  cursor: optionalParam,
  page: optionalParam,
};
const TOPICS = ['rate-limits'];
const PAGE = 25;
const DAY_MS = 24 * 3_600_000;

/** What the form goes by while the rules are not known: the portal's defaults. The backend judges by its own. */
const USAGE_UNKNOWN: RateLimitUsage = {
  limiters: [],
  subjects: [],
  asOf: '',
  rules: {
    maxDurationMs: DAY_MS,
    maxFactor: 100,
    unlimitedAllowed: true,
    minPrefixV4: 8,
    minPrefixV6: 32,
  },
};

/** Rate limits: what is overridden, up to when, by whom and why; what is used now; what was. */
export function RateLimitsPage() {
  const api = useApi(operationsApiRef);
  const [url, setUrl] = useUrlState(PARAMS);
  const may = useMay(rateLimitOverridePermission);
  const paging = usePaging(PAGE);
  const [extending, setExtending] = useState<RateLimitOverride>();
  const [ending, setEnding] = useState<RateLimitOverride>();
  const subject = url.search.trim() || undefined;
  const inForce = useLive(
    ['overrides', 'unended', subject],
    a =>
      a.rateLimits.getOverrides({
        state: ['active', 'scheduled'],
        subject,
        limit: 200,
      }),
    { everyMs: 5_000, topics: TOPICS },
  );
  const past = useLive(
    ['overrides', 'ended', subject, paging.cursor],
    a =>
      a.rateLimits.getOverrides({
        state: ['ended'],
        subject,
        cursor: paging.cursor,
        limit: PAGE,
      }),
    { topics: TOPICS },
  );
  const usage = useLive(['rate-limit-usage'], a => a.rateLimits.getUsage(), {
    everyMs: 5_000,
  });
  // with Redis away nobody can say what limits are; one can be overridden nevertheless, for when it is back
  const known = usage.data ?? (usage.error && USAGE_UNKNOWN);
  const refresh = () => {
    inForce.refresh();
    past.refresh();
  };
  const columns = overrideColumns(usage.data);
  const clear = () => setUrl({ search: '', ...FIRST_PAGE });

  return (
    <Stack>
      <AnswerLine
        loading={inForce.loading}
        updatedAt={inForce.updatedAt}
        error={inForce.error}
      >
        {inForce.data
          ? overridesAnswer(inForce.data.items, usage.data)
          : 'Rate limits'}
      </AnswerLine>
      {inForce.data && (
        <StaleNotice error={inForce.error} updatedAt={inForce.updatedAt} />
      )}
      <FilterBar
        search={{
          value: url.search,
          onChange: search =>
            setUrl({ search, ...FIRST_PAGE }, { replace: true }),
          label: 'Search overrides',
          placeholder: 'Tenant, address or network',
        }}
        facets={[]}
        onClear={subject ? clear : undefined}
      >
        <ActionButton
          capability={may}
          variant="contained"
          color="primary"
          onClick={() => setUrl({ override: '*' })}
        >
          Override a limit
        </ActionButton>
      </FilterBar>
      <DataTable
        label="Overrides in force and scheduled"
        what="overrides"
        columns={columns.inForce}
        rows={inForce.data?.items}
        rowKey={o => o.id}
        error={inForce.error}
        onRetry={inForce.refresh}
        expectedRows={2}
        filtered={subject !== undefined}
        onClearFilters={clear}
        empty={
          <EmptyState title="Every limit is as it normally is">
            An override lifts or lowers the limit of a tenant, an address or a
            network, and ends by itself.
          </EmptyState>
        }
        rowActions={o => (
          <>
            <ActionButton
              capability={may}
              label={`Extend the override for ${subjectText(o.subject)}`}
              onClick={() => setExtending(o)}
            >
              Extend
            </ActionButton>
            <ActionButton
              capability={may}
              label={`End the override for ${subjectText(o.subject)} now`}
              onClick={() => setEnding(o)}
            >
              End now
            </ActionButton>
          </>
        )}
      />
      <UsageTable
        usage={usage}
        may={may}
        onOverride={name => setUrl({ override: name })}
      />
      <Section title="Past overrides">
        <DataTable
          label="Past overrides"
          what="overrides"
          columns={columns.past}
          rows={past.data?.items}
          rowKey={o => o.id}
          error={past.error}
          onRetry={past.refresh}
          busy={past.switching}
          expectedRows={3}
          filtered={subject !== undefined}
          onClearFilters={clear}
          empty={<EmptyState title="No limit was overridden so far" />}
          rowActions={o => (
            <Button
              size="small"
              variant="outlined"
              onClick={() => setUrl({ override: subjectText(o.subject) })}
            >
              Again
            </Button>
          )}
        />
        {past.data && past.data.totalItems > 0 && (
          <Pager
            paging={paging}
            what="overrides"
            shown={past.data.items.length}
            total={past.data.totalItems}
            nextCursor={past.data.pageInfo.nextCursor}
          />
        )}
      </Section>
      {url.override !== undefined && known && (
        <OverrideDialog
          usage={known}
          subject={url.override === '*' ? '' : url.override}
          onClose={() => setUrl({ override: undefined }, { replace: true })}
          onDone={refresh}
        />
      )}
      {extending && (
        <ExtendDialog
          action="rate-limit.extend-override"
          onClose={() => setExtending(undefined)}
          object={`the override for ${subjectText(extending.subject)}`}
          endsAt={extending.endsAt}
          perform={(endsAt, { reason, idempotencyKey }) =>
            api.rateLimits.extend(
              extending.id,
              { endsAt, reason },
              idempotencyKey,
            )
          }
          outcome={() => {
            refresh();
            return {
              text: `The override for ${subjectText(
                extending.subject,
              )} is extended.`,
            };
          }}
        />
      )}
      {ending && (
        <ActionDialog
          open
          action="rate-limit.end-override"
          danger
          onClose={() => setEnding(undefined)}
          verb="End"
          object={`the override for ${subjectText(ending.subject)} now`}
          facts={[
            `${subjectText(ending.subject)} has ${limitText(
              ending.limit,
            )} now; the normal limit holds again within a second.`,
            'It is not taken up again by itself; you can create another one.',
          ]}
          perform={({ reason, idempotencyKey }) =>
            api.rateLimits.end(ending.id, { reason }, idempotencyKey)
          }
          outcome={() => {
            refresh();
            return {
              text: `The override for ${subjectText(
                ending.subject,
              )} has ended.`,
            };
          }}
        />
      )}
    </Stack>
  );
}
