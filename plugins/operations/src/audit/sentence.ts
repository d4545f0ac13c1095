import type { ReactNode } from 'react';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import type { AuditOutcome } from '@craft-easy/backstage-plugin-operations-common/internal';
import { numberText } from '../components/format';
import { clockTime, tickTime } from '../components/time';
import {
  fieldsOf,
  requestsText,
  scopeOf,
  subjectOf,
  textOf,
  timeOf,
  type Clock,
  type Fields,
} from './fields';
import type { AuditT, Phrase } from './messages';
import { targetText } from './targets';

/** What a sentence is made of. */
type Entry = Pick<AuditEntry, 'action' | 'target' | 'parameters' | 'after'>;

/** The other values in a message, by name. */
type Values = Record<string, string | undefined>;

/** A sentence about an entry: which message, and what stands in it. */
export interface Sentence {
  phrase: Phrase;
  /** what it was done to, in words */
  target: string;
  /** the target is a sentence of its own, which is not shortened */
  isWhole?: boolean;
  values: Values;
}

/** A sentence; without a target, it is about that of the entry. */
interface Description {
  phrase: Phrase;
  target?: string;
  isWhole?: boolean;
  values?: Values;
}

/** Describes an action by its parameters. */
type Describe = (
  t: AuditT,
  given: Fields,
  after: Fields,
  time: (value: unknown) => string | undefined,
  clock: Clock,
) => Description;

/** The sentence of each action. */
const SENTENCES: Record<string, Describe> = {
  'job.run': (_, given) => ({ phrase: given.dryRun ? 'jobDryRun' : 'jobRun' }),
  'job.cancel': plain('jobCancel'),
  'job.retry': plain('jobRetry'),
  'queue.resume': plain('queueResume'),
  'run.bulk-retry': ofRuns('jobRetry'),
  'run.bulk-cancel': ofRuns('jobCancel'),
  'run.bulk-stop': plain('replayStop'),
  'webhook.replay': ofWebhooks('webhookReplay'),
  'webhook.suppress': ofWebhooks('webhookSuppress'),
  'webhook.handle': ofWebhooks('webhookHandle'),
  'webhook.bulk': plain('webhookBulk'),
  'webhook.replay.stop': plain('replayStop'),
  'webhook.suppression.create': (t, given, _after, time) => {
    const until = time(given.until);
    if (!until) return { phrase: 'mute' };
    const target = t('targets.muted', {
      event: textOf(given.eventType) ?? t('targets.allEvents'),
      endpoint: textOf(given.endpoint) ?? t('targets.allEndpoints'),
    });
    return { phrase: 'muteUntil', target, values: { until } };
  },
  'webhook.suppression.end': plain('unmute'),
  'flag.create': plain('flagCreate'),
  'flag.toggle': (_, given, _after, time) => {
    const { variant } = given;
    const until = time(given.until);
    if (variant === null) {
      return until
        ? { phrase: 'flagDisableUntil', values: { until } }
        : { phrase: 'flagDisable' };
    }
    if (typeof variant !== 'string') return { phrase: 'flagChange' };
    const turned = variant === 'on' || variant === 'off';
    return until
      ? {
          phrase: turned ? 'flagTurnUntil' : 'flagServeUntil',
          values: { variant, until },
        }
      : { phrase: turned ? 'flagTurn' : 'flagServe', values: { variant } };
  },
  'flag.revert': plain('flagRevert'),
  'flag.delete': plain('flagDelete'),
  'rate-limit.override': (t, given, _after, time) => {
    const target = subjectOf(given.subject);
    const until = time(given.endsAt);
    const limit = fieldsOf(given.limit);
    if (!target || !until) return { phrase: 'limitOverride' };
    const described = { target, values: { until } };
    if (limit.kind === 'unlimited')
      return { phrase: 'limitRemove', ...described };
    const { kind, factor } = limit;
    if (kind === 'multiplier' && typeof factor === 'number') {
      const values = { until, limit: `×${numberText(factor)}` };
      return {
        phrase: factor < 1 ? 'limitLower' : 'limitLift',
        target,
        values,
      };
    }
    const figure = requestsText(t, limit);
    if (!figure) return { phrase: 'limitOverride' };
    return { phrase: 'limitSet', target, values: { until, limit: figure } };
  },
  'rate-limit.extend-override': (_, given, _after, time) => {
    const target = subjectOf(given.subject);
    const until = time(given.endsAt);
    return target && until
      ? { phrase: 'limitExtendUntil', target, values: { until } }
      : { phrase: 'limitExtend' };
  },
  'rate-limit.end-override': (_, given, after) => {
    const target = subjectOf(given.subject);
    if (!target) return { phrase: 'limitEnd' };
    return { phrase: neverBegan(after) ? 'limitCancel' : 'limitEndOf', target };
  },
  'maintenance.begin': (t, given, _after, time) => {
    const target = scopeOf(t, given.scope);
    const { mode } = given;
    const until = time(given.endsAt);
    if (!target || !until) return { phrase: 'maintenanceBegin' };
    const from = time(given.startsAt);
    const offline = mode === 'offline';
    if (!from) {
      const phrase = offline ? 'maintenanceOffline' : 'maintenanceReadOnly';
      return { phrase, target, values: { until } };
    }
    const phrase = offline
      ? 'maintenancePlanOffline'
      : 'maintenancePlanReadOnly';
    return { phrase, target, values: { from, until } };
  },
  'maintenance.extend': (t, given, _after, time) => {
    const target = scopeOf(t, given.scope);
    const until = time(given.endsAt);
    return target && until
      ? { phrase: 'maintenanceExtendUntil', target, values: { until } }
      : { phrase: 'maintenanceExtend' };
  },
  'maintenance.end': (t, given, after) => {
    const target = scopeOf(t, given.scope);
    if (!target) return { phrase: 'maintenanceEnd' };
    const phrase = neverBegan(after) ? 'maintenanceCancel' : 'maintenanceEndOf';
    return { phrase, target };
  },
  'cache.purge': (t, given) => {
    const { keyCount } = given;
    const pattern = textOf(given.pattern);
    if (pattern) return { phrase: 'purgePattern', values: { pattern } };
    if (typeof keyCount !== 'number') return { phrase: 'purge' };
    const keys = t('targets.keys', { count: keyCount });
    return { phrase: 'purgeKeys', values: { keys } };
  },
  'cache.cancel-purge': plain('purgeStop'),
  'attention.acknowledge': ofItem('acknowledge'),
  'attention.snooze': (t, given, after, time, clock) => {
    const until = time(given.until);
    const phrase = until ? 'snoozeUntil' : 'snooze';
    return {
      ...ofItem(phrase)(t, given, after, time, clock),
      values: { until },
    };
  },
  'attention.reopen': ofItem('reopen'),
  'approval.request': ofRequest('approvalRequest'),
  'approval.approve': ofRequest('approvalApprove'),
  'approval.reject': ofRequest('approvalReject'),
  'approval.withdraw': ofRequest('approvalWithdraw'),
  'approval.time-out': ofRequest('approvalExpire'),
  'audit.prune': plain('auditPrune'),
  'audit.limit': plain('auditLimit'),
};

/** The names of the actions that have a sentence. */
export const ACTIONS = Object.keys(SENTENCES);

/**
 * The sentence of an entry; an action without one is described by its own name.
 *
 * @param clock - writes the times: without a zone beside the entry's own time, which names it
 */
export function sentenceOf(
  t: AuditT,
  entry: Entry,
  clock: Clock = tickTime,
): Sentence {
  const { action } = entry;
  const described = SENTENCES[action]?.(
    t,
    fieldsOf(entry.parameters),
    fieldsOf(entry.after),
    value => timeOf(value, clock),
    clock,
  ) ?? { phrase: 'other', values: { action } };
  return { target: targetText(t, entry.target), values: {}, ...described };
}

/** Says a sentence with its values, which may be elements. */
export function say<V extends ReactNode>(
  t: AuditT,
  outcome: AuditOutcome,
  phrase: Phrase,
  values: Record<string, V | undefined>,
): V | string {
  const manner = outcome === 'succeeded' ? 'done' : 'tried';
  // the type of `t` would ask for the values of all phrases at once
  const of = t as (key: string, values: object) => V | string;
  return of(`${manner}.${phrase}`, values);
}

/** Says what is to be done, in words that complete "Ada asks to …"; times have their zone. */
export function sayWanted(
  t: AuditT,
  entry: Omit<Entry, 'after'>,
  clock: Clock = clockTime,
): string {
  const { phrase, target, values } = sentenceOf(t, entry, clock);
  const of = t as (key: string, given: object) => string;
  return of(`wanted.${phrase}`, { ...values, target });
}

/** Whether a control was ended before it began. */
function neverBegan({ startsAt, endsAt }: Fields): boolean {
  const [start, end] = [startsAt, endsAt].map(at => Date.parse(String(at)));
  return start > end;
}

function plain(phrase: Phrase): Describe {
  return () => ({ phrase });
}

function ofRuns(phrase: Phrase): Describe {
  return (t, { expected: count }) =>
    typeof count === 'number'
      ? { phrase, target: t('targets.runs', { count }) }
      : { phrase };
}

function ofWebhooks(phrase: Phrase): Describe {
  return (t, given, after) => {
    const event = textOf(given.eventType);
    const endpoint = textOf(given.endpoint);
    if (event && endpoint) {
      return { phrase, target: t('targets.delivery', { event, endpoint }) };
    }
    const count = [after.count, given.expected].find(
      n => typeof n === 'number',
    );
    if (count === undefined) return { phrase };
    const { tenant } = fieldsOf(fieldsOf(given.selection).filter);
    const [only, ...others] = Array.isArray(tenant) ? tenant.map(String) : [];
    return {
      phrase,
      target:
        only !== undefined && others.length === 0
          ? t('targets.deliveriesOf', { count, tenant: only })
          : t('targets.deliveries', { count }),
    };
  };
}

function ofItem(phrase: Phrase): Describe {
  return (_, given) => {
    const target = textOf(given.item);
    return target ? { phrase, target } : { phrase };
  };
}

function ofRequest(phrase: Phrase): Describe {
  return (t, given, _after, _time, clock) => {
    const action = textOf(given.action);
    const target = textOf(given.target);
    if (!action || !target) return { phrase, target: t('targets.request') };
    const { parameters } = given;
    const asked = sayWanted(t, { action, target, parameters }, clock);
    return { phrase, target: asked, isWhole: true };
  };
}
