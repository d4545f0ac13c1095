import {
  ATTENTION_SEVERITIES,
  attentionPlaceSchema,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionState } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  AttentionItem,
  AttentionPlace,
  AttentionSeverity,
} from '@craft-easy/backstage-plugin-operations-common';
import { storable } from '../lib/sql';
import {
  bigint,
  integer,
  json,
  optional,
  Table,
  text,
  type Column,
  type RowOf,
} from '../lib/table';
import { iso, optionalIso } from '../lib/time';
import { severityRank } from './reconcile';
import { knownWords, type WordedFact } from './words';

const severity: Column<AttentionSeverity> = {
  type: 'int',
  read: rank => ATTENTION_SEVERITIES[rank],
  write: severityRank,
};

/** What a fact says of its item. */
const shown = {
  kind: text(),
  severity,
  title: text(),
  detail: optional(text()),
  words: optional(json<NonNullable<AttentionItem['words']>>()),
  subjectKind: text(),
  subjectRef: text(),
  subjectTitle: text(),
  owner: optional(text()),
  notify: json<string[]>(),
  causedBy: optional(text()),
  permission: optional(text()),
  tenant: optional(text()),
  place: json<AttentionPlace>(),
  actions: json<AttentionItem['actions']>(),
  since: bigint(),
};

const fact = {
  id: text(),
  source: text(),
  factKey: text(),
  ...shown,
  openedAt: bigint(),
  closedAt: optional(bigint()),
};

/** The part of an item that follows from a fact. */
export const FACTS = new Table('attention_items', fact);
export const ITEMS = new Table('attention_items', {
  ...fact,
  count: integer(),
  ackKind: optional(text<'acknowledged' | 'snoozed'>()),
  ackBy: optional(text()),
  ackAt: optional(bigint()),
  ackReason: optional(text()),
  ackUntil: optional(bigint()),
});
export type AttentionRow = RowOf<typeof ITEMS>;

/** What an item takes over from its fact when it opens again. */
export const SHOWN: Record<string, string> = Object.fromEntries(
  Object.keys(new Table('attention_items', shown).columns).map(name => [
    name,
    `excluded."${name}"`,
  ]),
);
const { since: _, ...STILL } = SHOWN;
/** What an open item takes over: it holds since it was first seen, however its words change. */
export const STILL_SHOWN: Record<string, string> = STILL;

/**
 * A fact cut to what the columns hold, and completed, before it is compared: done afterwards, it
 * would differ from its own row at every evaluation.
 */
export function asStored(of: WordedFact): WordedFact {
  return {
    ...of,
    place: placeOf(of),
    title: storable(of.title.slice(0, 300)),
    detail: of.detail && storable(of.detail.slice(0, 4000)),
    words: knownWords(of),
    subject: {
      ...of.subject,
      title: storable(of.subject.title.slice(0, 300)),
    },
    // every item can be looked at, whatever its source offers
    actions: of.actions ?? [{ kind: 'open', title: 'Open' }],
  };
}

/** A link of any other kind, as a script's, must not come into a page. */
function placeOf({ key, place }: WordedFact): WordedFact['place'] {
  const known = attentionPlaceSchema.safeParse(place);
  if (known.success) return known.data;
  throw new Error(
    `The place of ${key} is none: ${known.error.issues
      .map(({ path, message }) => `${path.join('.')} ${message}`.trim())
      .join(', ')}`,
  );
}

/** What a fact says, as the properties of its item. */
export function shownOf(of: WordedFact) {
  return {
    kind: of.kind,
    severity: of.severity,
    title: of.title,
    detail: of.detail,
    words: of.words,
    subjectKind: of.subject.kind,
    subjectRef: of.subject.ref,
    subjectTitle: of.subject.title,
    owner: of.owner,
    notify: of.notify ?? [],
    causedBy: of.causedBy,
    permission: of.permission,
    tenant: of.tenant,
    place: of.place,
    actions: of.actions ?? [],
    since: of.since.getTime(),
  };
}

/** The state by the clock: an acknowledgement whose time is over does not count. */
export function stateOf(row: AttentionRow, now: number): AttentionState {
  if (row.closedAt !== undefined) return 'closed';
  if (!row.ackKind) return 'open';
  if (row.ackUntil !== undefined && row.ackUntil <= now) return 'open';
  return row.ackKind;
}

/** A row as the API answers it. */
export function toItem(row: AttentionRow, now: number): AttentionItem {
  const { subjectKind, subjectRef, subjectTitle, factKey, ...rest } = row;
  const { notify: __, causedBy: ___, permission: ____, ...shownToAll } = rest;
  const { ackKind, ackBy, ackAt, ackReason, ackUntil, ...answered } =
    shownToAll;
  const state = stateOf(row, now);
  const isAcknowledged = state === 'acknowledged' || state === 'snoozed';
  return {
    ...answered,
    state,
    subject: { kind: subjectKind, ref: subjectRef, title: subjectTitle },
    since: iso(row.since),
    openedAt: iso(row.openedAt),
    closedAt: optionalIso(row.closedAt),
    acknowledgement: isAcknowledged
      ? {
          by: ackBy!,
          at: iso(ackAt!),
          reason: ackReason!,
          until: optionalIso(ackUntil),
        }
      : undefined,
  };
}
