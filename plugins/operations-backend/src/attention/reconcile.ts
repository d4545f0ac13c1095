import { ATTENTION_SEVERITIES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import type { WordedFact } from './words';

/** What is remembered of an item, as far as reconciling needs it. */
export interface KnownItem {
  id: string;
  factKey: string;
  /** epoch ms; undefined while open */
  closedAt?: number;
  /** digest of what is shown, to leave unchanged rows alone */
  digest: string;
}

export interface Reconciliation {
  open: WordedFact[];
  reopen: Array<{ item: KnownItem; fact: WordedFact }>;
  update: Array<{ item: KnownItem; fact: WordedFact }>;
  close: KnownItem[];
}

/**
 * What must change so that the open items are exactly the facts. An item that closed within the
 * flap window opens again as the same item.
 * @param known - the source's open items and those closed since the flap window began
 */
export function reconcile(
  facts: WordedFact[],
  known: KnownItem[],
): Reconciliation {
  const byKey = new Map<string, KnownItem>();
  for (const item of known) {
    const other = byKey.get(item.factKey);
    if (!other || newer(item, other)) byKey.set(item.factKey, item);
  }
  const result: Reconciliation = {
    open: [],
    reopen: [],
    update: [],
    close: [],
  };
  const seen = new Set<string>();
  for (const fact of facts) {
    if (seen.has(fact.key)) continue;
    seen.add(fact.key);
    const item = byKey.get(fact.key);
    if (!item) result.open.push(fact);
    else if (item.closedAt !== undefined) result.reopen.push({ item, fact });
    else if (item.digest !== digestOf(fact)) result.update.push({ item, fact });
  }
  result.close = known.filter(
    item => item.closedAt === undefined && !seen.has(item.factKey),
  );
  return result;
}

function newer(a: KnownItem, b: KnownItem): boolean {
  return (a.closedAt ?? Infinity) > (b.closedAt ?? Infinity);
}

/** What is shown of a fact, as one string: equal exactly if nothing visible differs. */
export function digestOf(
  fact: Pick<
    WordedFact,
    | 'kind'
    | 'severity'
    | 'title'
    | 'detail'
    | 'words'
    | 'place'
    | 'actions'
    | 'owner'
    | 'notify'
    | 'causedBy'
    | 'permission'
  >,
): string {
  return JSON.stringify([
    fact.kind,
    fact.severity,
    fact.title,
    fact.detail ?? null,
    fact.words ?? null,
    fact.place,
    fact.actions ?? [],
    fact.owner ?? null,
    fact.notify ?? [],
    fact.causedBy ?? null,
    fact.permission ?? null,
  ]);
}

/** 0 is the most urgent. */
export function severityRank(severity: AttentionSeverity): number {
  return ATTENTION_SEVERITIES.indexOf(severity);
}
