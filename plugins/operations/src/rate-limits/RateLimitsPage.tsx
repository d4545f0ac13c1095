import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RateLimitUsage } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  rateLimitOverridePermission,
  type RateLimitOverride,
} from '@craft-easy/backstage-plugin-operations-common';
import { useMay } from '../access/useMay';
import { DAY, EmptyState } from '../components';
import { timedColumns } from '../controls/columns';
import { controlMessages, type ControlT } from '../controls/messages';
import {
  TimedControlPage,
  type ControlKind,
} from '../controls/TimedControlPage';
import { useLive } from '../hooks/useLive';
import { optionalParam, textParam, useFilters } from '../hooks/useUrlState';
import { OverrideDialog } from './OverrideDialog';
import { UsageTable } from './UsageTable';
import {
  limitText,
  normalQuota,
  overridesAnswer,
  quotaText,
  SUBJECT_KINDS,
  subjectText,
} from './words';

const FILTERS = { search: textParam };
/** `override`: the subject of the open dialog */
const OPEN = { override: optionalParam };

/**
 * The portal's defaults, for the form while the rules are not known. The backend applies its own.
 */
const USAGE_UNKNOWN: RateLimitUsage = {
  limiters: [],
  subjects: [],
  asOf: '',
  rules: {
    maxDurationMs: DAY,
    maxFactor: 100,
    unlimitedAllowed: true,
    minPrefixV4: 8,
    minPrefixV6: 32,
  },
};

const nameOf = (o: RateLimitOverride) =>
  `the override for ${subjectText(o.subject)}`;

const KIND: ControlKind<RateLimitOverride> = {
  path: '/rate-limit-overrides',
  title: 'Rate limits',
  topic: 'rate-limits',
  labels: {
    inForce: 'Overrides in force and scheduled',
    past: 'Past overrides',
    pastSection: 'Past overrides',
    failure: 'The overrides could not be loaded',
    noMatch: 'No overrides match these filters',
  },
  empty: (
    <EmptyState title="Every limit is as it normally is">
      An override lifts or lowers the limit of a tenant, an address or a
      network, and ends by itself.
    </EmptyState>
  ),
  emptyPast: 'No limit was overridden so far',
  extend: o => ({
    action: 'rate-limit.extend-override',
    title: `Extend ${nameOf(o)}`,
    done: `The override for ${subjectText(o.subject)} is extended.`,
  }),
  end: o => ({
    action: 'rate-limit.end-override',
    button: 'End now',
    title: `End ${nameOf(o)}`,
    danger: true,
    facts: [
      `${subjectText(o.subject)} has ${limitText(
        o.limit,
      )} now; the normal limit holds again within a second.`,
      'It is not taken up again by itself; you can create another one.',
    ],
    done: `The override for ${subjectText(o.subject)} has ended.`,
  }),
};

/**
 * The page of rate limits: what is overridden, until when, by whom and why; what is used now; what
 * has ended.
 */
export function RateLimitsPage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
  const { t } = useTranslationRef(controlMessages);
  const may = useMay(rateLimitOverridePermission);
  const subject = url.search.trim() || undefined;
  const usage = useLive('GET /rate-limit-usage', {}, { everyMs: 5_000 });
  // without Redis the limits are not known; they can be overridden nevertheless, for when Redis is
  // back
  const known = usage.data ?? (usage.error && USAGE_UNKNOWN);
  return (
    <>
      <TimedControlPage
        kind={KIND}
        columns={overrideColumns(t, usage.data)}
        may={may}
        query={{ subject }}
        filters={{
          search: {
            value: url.search,
            onChange: search => filter({ search }, { replace: true }),
            label: 'Search overrides',
            placeholder: 'Tenant, address or network',
          },
          onClear: clear,
        }}
        begin={{
          title: 'Override a limit',
          onClick: () => setUrl({ override: '*' }),
        }}
        answer={inForce => overridesAnswer(inForce, usage.data)}
        onAgain={o => setUrl({ override: subjectText(o.subject) })}
      >
        <UsageTable
          usage={usage}
          may={may}
          onOverride={name => setUrl({ override: name })}
        />
      </TimedControlPage>
      {url.override !== undefined && known && (
        <OverrideDialog
          usage={known}
          subject={url.override === '*' ? '' : url.override}
          onClose={() => setUrl({ override: undefined }, { replace: true })}
        />
      )}
    </>
  );
}

function overrideColumns(t: ControlT, usage: RateLimitUsage | undefined) {
  return timedColumns<RateLimitOverride>(t, {
    target: 'rate-limit-override',
    what: [
      {
        title: 'Whom',
        phone: 'head',
        render: o => (
          <>
            <strong>{subjectText(o.subject)}</strong>{' '}
            <span style={{ opacity: 0.7 }}>
              {SUBJECT_KINDS[o.subject.kind]}
            </span>
          </>
        ),
      },
      {
        title: 'Limit',
        render: o => {
          const normal = normalQuota(o.subject, usage, o.limiter);
          return (
            <>
              {normal && `${quotaText(normal)} → `}
              <strong>{limitText(o.limit)}</strong>
              {o.limiter && ` of ${o.limiter}`}
            </>
          );
        },
      },
    ],
  });
}
