import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { visibleText } from '@craft-easy/backstage-plugin-operations-common/internal';
import { canonical } from '../components/differences';
import { Facts } from '../components/Facts';
import { listText, numberText } from '../components/format';
import type { TFunction } from '../components/messages';
import { absoluteTime } from '../components/time';
import { approvalMessages } from './messages';
import { fieldsOf } from './request';

type ApprovalT = TFunction<typeof approvalMessages>;

/**
 * Values that have a name in the language of the user, in the order in which they are read; others
 * follow, by their own.
 */
const NAMES = [
  ...(['tenant', 'scope', 'subject', 'endpoint', 'eventType'] as const),
  ...(['selection', 'expected', 'pattern', 'keys', 'keyCount'] as const),
  ...(['mode', 'limit', 'variant', 'status', 'dryRun', 'retryOf'] as const),
  ...(['parameters', 'timeRange', 'announceAt', 'startsAt'] as const),
  ...(['endsAt', 'until', 'timezone', 'holdJobs', 'messages'] as const),
  ...(['estimatedKeys', 'keysPerSecond', 'windowSeconds'] as const),
] as const;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/**
 * What was asked for, a line for each value: what it is to be, and what it was where that differs.
 *
 * @param props - `but`: names of values that are shown otherwise
 */
export function GivenFacts(props: { of: Approval; but: readonly string[] }) {
  const { t } = useTranslationRef(approvalMessages);
  const { parameters, before: was } = props.of;
  const before = fieldsOf(was);
  const facts = Object.entries(fieldsOf(parameters))
    .filter(([name, value]) => value !== undefined && !props.but.includes(name))
    .sort(([a], [b]) => placeOf(a) - placeOf(b))
    .map(([name, value]): [string, string] => {
      const after = valueText(t, value);
      const isChange =
        name in before && canonical(before[name]) !== canonical(value);
      return [
        nameText(t, name),
        isChange
          ? t('fields.change', { before: valueText(t, before[name]), after })
          : after,
      ];
    });
  return facts.length > 0 ? <Facts facts={facts} /> : null;
}

function placeOf(name: string): number {
  const place = NAMES.findIndex(one => one === name);
  return place < 0 ? NAMES.length : place;
}

function nameText(t: ApprovalT, name: string): string {
  const known = NAMES.find(one => one === name);
  return known ? t(`fields.names.${known}`) : visibleText(name);
}

function valueText(t: ApprovalT, value: unknown): string {
  if (value === null || value === undefined) return t('fields.none');
  if (typeof value === 'boolean') return t(value ? 'fields.yes' : 'fields.no');
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') {
    return INSTANT.test(value) ? absoluteTime(value) : visibleText(value);
  }
  if (Array.isArray(value)) {
    return value.length > 0
      ? listText(value.map(one => valueText(t, one)))
      : t('fields.none');
  }
  return listText(
    Object.entries(value).map(
      ([name, one]) => `${nameText(t, name)}: ${valueText(t, one)}`,
    ),
  );
}
