import { randomUUID } from 'node:crypto';
import type {
  FlagChange,
  FlagStateSnapshot,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  FlagRecord,
  FlagType,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { ControlSource } from '../controls/ControlPublisher';
import { nextRevision } from '../controls/revisions';
import { decodeCursor, encodeCursor, iso, optionalMs, pageOf } from '../lib';
import { int, likePattern } from '../lib/sql';

/** A flag as the database holds it. */
export interface StoredFlag {
  key: string;
  type: FlagType;
  state: FlagStateSnapshot;
  source: 'config' | 'page';
  deleted: boolean;
  createdAt: number;
  createdBy: string;
  changedAt: number;
  changedBy: string;
  changeReason: string;
  revision: number;
}

/** A change to be made, with who makes it and why. */
export interface FlagEdit {
  kind: FlagChange['kind'];
  by: string;
  reason: string;
  at: number;
  after: FlagStateSnapshot;
  /** the revision that the editor saw */
  expected: number;
}

const TABLE = 'flags';

/** Flags and their history. Knex only; a change and its history are one transaction. */
export class FlagStore implements ControlSource {
  readonly kind = 'flags';

  constructor(private readonly knex: Knex) {}

  async get(key: string): Promise<StoredFlag | undefined> {
    const row = await this.knex(TABLE).where({ key, deleted: false }).first();
    return row && fromRow(row);
  }

  /** @returns undefined if there is one of that key; one that was deleted may be made anew */
  async insert(flag: {
    key: string;
    type: FlagType;
    state: FlagStateSnapshot;
    source: 'config' | 'page';
    by: string;
    reason: string;
    at: number;
  }): Promise<StoredFlag | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, flag.at);
      const old = await trx(TABLE).where({ key: flag.key }).first();
      if (old && !old.deleted) return undefined;
      if (old) await trx(TABLE).where({ key: flag.key }).delete();
      const row = {
        ...columns(flag.key, flag.state),
        key: flag.key,
        type: flag.type,
        source: flag.source,
        deleted: false,
        created_at: flag.at,
        created_by: flag.by,
        changed_at: flag.at,
        changed_by: flag.by,
        change_reason: flag.reason,
        revision,
      };
      await trx(TABLE).insert(row);
      await this.remember(trx, flag.key, {
        ...{ kind: 'created', by: flag.by, reason: flag.reason, at: flag.at },
        after: flag.state,
      });
      return fromRow(row);
    });
  }

  /** @returns undefined if it is not at the expected revision any more */
  async edit(key: string, edit: FlagEdit): Promise<StoredFlag | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, edit.at);
      const row = await trx(TABLE).where({ key, deleted: false }).first();
      if (!row || int(row.revision) !== edit.expected) return undefined;
      const before = fromRow(row).state;
      const changes = {
        ...columns(key, edit.after),
        deleted: edit.kind === 'deleted',
        changed_at: edit.at,
        changed_by: edit.by,
        change_reason: edit.reason,
        revision,
      };
      await trx(TABLE).where({ key }).update(changes);
      const after = edit.kind === 'deleted' ? undefined : edit.after;
      await this.remember(trx, key, { ...edit, before, after });
      return fromRow({ ...row, ...changes });
    });
  }

  /** A page of flags, by key. */
  async list(query: {
    search?: string;
    tags?: string[];
    owners?: string[];
    stale?: boolean;
    now: number;
    cursor?: string;
    limit: number;
  }): Promise<{
    flags: StoredFlag[];
    totalItems: number;
    nextCursor?: string;
  }> {
    const matching = this.knex(TABLE).where({ deleted: false });
    const { search, tags, owners, stale, now } = query;
    if (search) {
      matching.whereRaw("search like ? escape '\\'", [
        likePattern(search.toLowerCase()),
      ]);
    }
    for (const tag of tags ?? []) {
      matching.whereRaw("tags like ? escape '\\'", [
        likePattern(JSON.stringify(tag)),
      ]);
    }
    if (owners) matching.whereIn('owner', owners);
    if (stale === true) matching.where('stale_after', '<=', now);
    if (stale === false) {
      matching.where(q =>
        q.whereNull('stale_after').orWhere('stale_after', '>', now),
      );
    }
    const [{ n }] = await matching.clone().count({ n: '*' });
    const list = 'flags';
    const after = decodeCursor(query.cursor, list, ['string']);
    const page = matching
      .clone()
      .orderBy('key')
      .limit(query.limit + 1);
    if (after) page.where('key', '>', after[0]);
    const { rows, nextCursor } = pageOf(await page, query.limit, last =>
      encodeCursor(list, [last.key]),
    );
    return { flags: rows.map(fromRow), totalItems: int(n), nextCursor };
  }

  /** Every flag: their number is small, and all are served at once. */
  async all(): Promise<StoredFlag[]> {
    const rows = await this.knex(TABLE)
      .where({ deleted: false })
      .orderBy('key');
    return rows.map(fromRow);
  }

  async change(key: string, id: string): Promise<FlagChange | undefined> {
    const row = await this.knex('flag_changes')
      .where({ flag_key: key, id })
      .first();
    return row && changeOf(row);
  }

  /** Changes of a flag, newest first. */
  async history(
    key: string,
    query: { cursor?: string; limit: number },
  ): Promise<{
    changes: FlagChange[];
    totalItems: number;
    nextCursor?: string;
  }> {
    const matching = this.knex('flag_changes').where({ flag_key: key });
    const [{ n }] = await matching.clone().count({ n: '*' });
    const list = 'flag-history';
    const after = decodeCursor(query.cursor, list, ['number']);
    const page = matching
      .clone()
      .orderBy('sequence', 'desc')
      .limit(query.limit + 1);
    if (after) page.where('sequence', '<', after[0]);
    const { rows, nextCursor } = pageOf(await page, query.limit, last =>
      encodeCursor(list, [int(last.sequence)]),
    );
    return { changes: rows.map(changeOf), totalItems: int(n), nextCursor };
  }

  async live(): Promise<FlagRecord[]> {
    return (await this.all()).map(recordOf);
  }

  async changedSince(revision: number) {
    const rows: Row[] = await this.knex(TABLE).where('revision', '>', revision);
    const flags = rows.map(fromRow);
    return {
      records: flags.filter(flag => !flag.deleted).map(recordOf),
      removed: flags.filter(flag => flag.deleted).map(flag => flag.key),
    };
  }

  private async remember(
    trx: Knex,
    key: string,
    change: {
      kind: FlagChange['kind'];
      by: string;
      reason: string;
      at: number;
      before?: FlagStateSnapshot;
      after?: FlagStateSnapshot;
    },
  ): Promise<void> {
    await trx('flag_changes').insert({
      id: randomUUID(),
      flag_key: key,
      at: change.at,
      actor: change.by,
      reason: change.reason,
      kind: change.kind,
      before: change.before && JSON.stringify(change.before),
      after: change.after && JSON.stringify(change.after),
    });
  }
}

/** A flag as it is published. */
export function recordOf(flag: StoredFlag): FlagRecord {
  const { variants, variant, until, afterVariant } = flag.state;
  return {
    v: 1,
    id: flag.key,
    revision: flag.revision,
    type: flag.type,
    variants,
    variant,
    until,
    afterVariant,
  };
}

function columns(key: string, state: FlagStateSnapshot) {
  return {
    state: JSON.stringify(state),
    owner: state.owner ?? null,
    tags: JSON.stringify(state.tags),
    search: `${key}\n${state.description}`.toLowerCase(),
    stale_after: optionalMs(state.staleAfter) ?? null,
  };
}

interface Row {
  key: string;
  type: FlagType;
  state: string;
  source: 'config' | 'page';
  deleted: number | boolean;
  created_at: number | string;
  created_by: string;
  changed_at: number | string;
  changed_by: string;
  change_reason: string;
  revision: number | string;
}

function fromRow(row: Row): StoredFlag {
  return {
    key: row.key,
    type: row.type,
    state: JSON.parse(row.state),
    source: row.source,
    deleted: Boolean(row.deleted),
    createdAt: int(row.created_at),
    createdBy: row.created_by,
    changedAt: int(row.changed_at),
    changedBy: row.changed_by,
    changeReason: row.change_reason,
    revision: int(row.revision),
  };
}

function changeOf(row: {
  id: string;
  at: number | string;
  actor: string;
  reason: string;
  kind: FlagChange['kind'];
  before: string | null;
  after: string | null;
}): FlagChange {
  return {
    id: row.id,
    at: iso(int(row.at)),
    actor: row.actor,
    reason: row.reason,
    kind: row.kind,
    before: row.before ? JSON.parse(row.before) : undefined,
    after: row.after ? JSON.parse(row.after) : undefined,
  };
}
