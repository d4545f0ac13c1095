import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { storable, type Columns } from '../lib/sql';
import { severityRank } from './reconcile';

/** What a fact says of its item. */
const SHOWN_COLUMNS: Columns = {
  kind: 'text',
  severity: 'int',
  title: 'text',
  detail: 'text',
  subject_kind: 'text',
  subject_ref: 'text',
  subject_title: 'text',
  owner: 'text',
  tenant: 'text',
  href: 'text',
  actions: 'text',
  since: 'bigint',
};
export const SHOWN: Record<string, string> = Object.fromEntries(
  Object.keys(SHOWN_COLUMNS).map(name => [name, `excluded."${name}"`]),
);
const { since: _, ...STILL } = SHOWN;
/** What changes of an item that stays open: it holds since it was first seen to, however its words change. */
export const STILL_SHOWN: Record<string, string> = STILL;

export const ITEM_COLUMNS: Columns = {
  id: 'text',
  source: 'text',
  fact_key: 'text',
  ...SHOWN_COLUMNS,
  opened_at: 'bigint',
  closed_at: 'bigint',
};

/** A fact within what the columns hold, before it is compared: cut afterwards it would differ from its own row at every look. */
export function asStored(fact: AttentionFact): AttentionFact {
  return {
    ...fact,
    title: storable(fact.title.slice(0, 300)),
    detail: fact.detail && storable(fact.detail.slice(0, 4000)),
    subject: {
      ...fact.subject,
      title: storable(fact.subject.title.slice(0, 300)),
    },
  };
}

/** What a fact says, in the columns of its item. */
export function columnsOf(fact: AttentionFact) {
  return {
    kind: fact.kind,
    severity: severityRank(fact.severity),
    title: fact.title,
    detail: fact.detail ?? null,
    subject_kind: fact.subject.kind,
    subject_ref: fact.subject.ref,
    subject_title: fact.subject.title,
    owner: fact.owner ?? null,
    tenant: fact.tenant ?? null,
    href: fact.href,
    actions: JSON.stringify(fact.actions ?? []),
    since: fact.since.getTime(),
  };
}
