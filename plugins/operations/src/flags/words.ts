import { absoluteTime, compareFields } from '../components';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import type { FlagStateSnapshot } from '@craft-easy/backstage-plugin-operations-common/internal';

/** The name of what is served: a variant, or "disabled" where code uses its own default. */
export function servedText(variant: string | null | undefined): string {
  return variant ?? 'disabled';
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
export function flagsAnswer(flags: Flag[], total: number): string {
  const temporary = flags.filter(f => f.until).length;
  const stale = flags.filter(f => f.stale).length;
  const parts = [total === 1 ? '1 flag' : `${total} flags`];
  if (temporary) parts.push(`${temporary} switched for a while`);
  if (stale) {
    parts.push(
      stale === 1
        ? '1 was to be gone by now'
        : `${stale} were to be gone by now`,
    );
  }
  return parts.join(' · ');
}

/** The differences between two states, a line each: "variant: off → on". */
export function changesText(
  before: FlagStateSnapshot | undefined,
  after: FlagStateSnapshot | undefined,
): string[] {
  if (!before || !after) return [];
  const text = (field: string, value: unknown) => {
    if (value === undefined) return '–';
    if (field === 'until' || field === 'staleAfter') {
      return absoluteTime(String(value));
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return compareFields({ ...before }, { ...after })
    .filter(field => !field.same)
    .map(
      ({ path, before: from, after: to }) =>
        `${path}: ${text(path, from)} → ${text(path, to)}`,
    );
}
