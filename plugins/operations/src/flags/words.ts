import { absoluteTime, compareFields, type Compared } from '../components';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import type {
  FlagsPage,
  FlagStateSnapshot,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { FlagT } from './messages';

/** The name of what is served: a variant, or "disabled" where code uses its own default. */
export function servedText(
  t: FlagT,
  variant: string | null | undefined,
): string {
  return variant ?? t('disabled');
}

/** Whether a flag is a plain switch: boolean, with one variant for true and one for false. */
export function switchOf(
  flag: Pick<Flag, 'type' | 'variants'>,
): { on: string; off: string } | undefined {
  if (flag.type !== 'boolean') return undefined;
  const named = Object.entries(flag.variants);
  const on = named.find(([, value]) => value === true)?.[0];
  const off = named.find(([, value]) => value === false)?.[0];
  return on && off && named.length === 2 ? { on, off } : undefined;
}

/** The answer of the page. */
export function flagsAnswer(t: FlagT, { totals }: FlagsPage): string {
  const { flags, temporary, overdue } = totals;
  if (flags === 0) return t('headline.none');
  const parts: string[] = [t('headline.flags', { count: flags })];
  if (temporary) parts.push(t('headline.temporary', { count: temporary }));
  if (overdue) parts.push(t('headline.overdue', { count: overdue }));
  return parts.join(' · ');
}

/** The differences between two states, a line each: "Serving: off → on". */
export function changesText(
  t: FlagT,
  before: FlagStateSnapshot | undefined,
  after: FlagStateSnapshot | undefined,
): string[] {
  if (!before || !after) return [];
  return compareFields({ ...before }, { ...after })
    .filter(field => !field.same)
    .map(field => changeText(t, field))
    .filter(line => line !== undefined);
}

function changeText(t: FlagT, field: Compared): string | undefined {
  const path = field.path as keyof FlagStateSnapshot;
  const { after } = field;
  switch (path) {
    case 'variant':
      return t('fields.variant', {
        before: servedText(t, field.before as FlagStateSnapshot['variant']),
        after: servedText(t, after as FlagStateSnapshot['variant']),
      });
    case 'until':
      return after === undefined
        ? t('fields.noUntil')
        : t('fields.until', { after: absoluteTime(String(after)) });
    case 'afterVariant':
      // without an end, the line of `until` says it
      return after === undefined
        ? undefined
        : t('fields.afterVariant', {
            after: servedText(t, after as FlagStateSnapshot['variant']),
          });
    case 'staleAfter':
      return after === undefined
        ? t('fields.noStaleAfter')
        : t('fields.staleAfter', { after: absoluteTime(String(after)) });
    default:
      return t(`fields.${path}`, {
        before: valueText(field.before),
        after: valueText(after),
      });
  }
}

function valueText(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
