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
import { useLive } from '@craft-easy/backstage-plugin-operations-react';
import { optionalParam, textParam, useFilters } from '../hooks/useUrlState';
import { rateLimitMessages, type RateLimitT } from './messages';
import type { Presettable } from '../shell/presets';
import { OverrideDialog } from './OverrideDialog';
import { UsageTable } from './UsageTable';
import {
  limitText,
  normalQuota,
  overridesAnswer,
  quotaText,
  subjectText,
} from './words';

const FILTERS = { search: textParam } satisfies Presettable<'rate-limits'>;
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

function kindOf(t: RateLimitT): ControlKind<RateLimitOverride> {
  return {
    path: '/rate-limit-overrides',
    title: t('title'),
    topic: 'rate-limits',
    labels: {
      inForce: t('overrides.active'),
      past: t('overrides.past'),
      pastSection: t('overrides.past'),
      failure: t('overrides.failure'),
      noMatch: t('overrides.noMatch'),
    },
    empty: (
      <EmptyState title={t('overrides.empty')}>
        {t('overrides.emptyText')}
      </EmptyState>
    ),
    emptyPast: t('overrides.emptyPast'),
    extend: o => ({
      action: 'rate-limit.extend-override',
      title: t('extend.title', { client: subjectText(o.subject) }),
      done: t('extend.outcome', { client: subjectText(o.subject) }),
    }),
    end: o => {
      const client = subjectText(o.subject);
      return {
        action: 'rate-limit.end-override',
        title: t('end.title', { client }),
        button: t('end.action'),
        label: t('end.named', { client }),
        danger: true,
        facts: [
          t('end.effect', { client, limit: limitText(t, o.limit) }),
          t('end.again'),
        ],
        done: t('end.outcome', { client }),
      };
    },
  };
}

/**
 * The page of rate limits: what is overridden, until when, by whom and why; what is used now; what
 * has ended.
 */
export function RateLimitsPage() {
  const { url, setUrl, filter, clear } = useFilters(FILTERS, OPEN);
  const { t } = useTranslationRef(rateLimitMessages);
  const { t: controls } = useTranslationRef(controlMessages);
  const may = useMay(rateLimitOverridePermission);
  const subject = url.search.trim() || undefined;
  const usage = useLive('GET /rate-limit-usage', {}, { everyMs: 5_000 });
  // without Redis the limits are not known; they can be overridden nevertheless, for when Redis is
  // back
  const known = usage.data ?? (usage.error && USAGE_UNKNOWN);
  return (
    <>
      <TimedControlPage
        kind={kindOf(t)}
        columns={overrideColumns(t, controls, usage.data)}
        may={may}
        query={{ subject }}
        filters={{
          search: {
            value: url.search,
            onChange: search => filter({ search }, { replace: true }),
            label: t('search.label'),
            placeholder: t('search.placeholder'),
          },
          onClear: clear,
        }}
        begin={{
          title: t('overrides.begin'),
          onClick: () => setUrl({ override: '*' }),
        }}
        answer={inForce => overridesAnswer(t, inForce, usage.data)}
        onAgain={o => setUrl({ override: subjectText(o.subject) })}
      >
        <UsageTable
          usage={usage}
          search={subject}
          onClearSearch={clear}
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

function overrideColumns(
  t: RateLimitT,
  controls: ControlT,
  usage: RateLimitUsage | undefined,
) {
  return timedColumns<RateLimitOverride>(controls, {
    target: 'rate-limit-override',
    what: [
      {
        title: t('overrides.client'),
        width: 150,
        phone: 'head',
        render: o => (
          <>
            <strong>{subjectText(o.subject)}</strong>{' '}
            <span style={{ opacity: 0.7 }}>{t(`kinds.${o.subject.kind}`)}</span>
          </>
        ),
      },
      {
        title: t('overrides.limit'),
        render: o => {
          const quota = normalQuota(o.subject, usage, o.limiter);
          const normal = quota && quotaText(t, quota);
          const limit = <strong>{limitText(t, o.limit)}</strong>;
          const { limiter } = o;
          if (limiter) {
            return normal
              ? t('overrides.changeOf', { normal, limit, limiter })
              : t('overrides.limitOf', { limit, limiter });
          }
          return normal ? t('overrides.change', { normal, limit }) : limit;
        },
      },
    ],
  });
}
