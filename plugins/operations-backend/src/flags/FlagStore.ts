import { randomUUID } from 'node:crypto';
import type {
  FlagChange,
  FlagStateSnapshot,
  Page,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { FlagType } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { FlagRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { ControlSource } from '../controls/ControlPublisher';
import { nextRevision } from '../controls/revisions';
import type { Conclude } from '../lib/actions';
import { keysetPage, type Keyset, type PageQuery } from '../lib/keyset';
import { int, likePattern, whereAnyOf } from '../lib/sql';
import {
  bigint,
  boolean,
  json,
  optional,
  Table,
  text,
  time,
  type RowOf,
} from '../lib/table';
import { iso, optionalMs } from '../lib/time';

const FLAGS = new Table('flags', {
  key: text(),
  type: text<FlagType>(),
  state: json<FlagStateSnapshot>(),
  source: text<'config' | 'page'>(),
  deleted: boolean(),
  createdAt: bigint(),
  createdBy: text(),
  changedAt: bigint(),
  changedBy: text(),
  changeReason: text(),
  revision: bigint(),
});
export type StoredFlag = RowOf<typeof FLAGS>;

const CHANGES = new Table('flag_changes', {
  id: text(),
  at: time(),
  actor: text(),
  reason: text(),
  kind: text<FlagChange['kind']>(),
  before: optional(json<FlagStateSnapshot>()),
  after: optional(json<FlagStateSnapshot>()),
});

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

const BY_KEY: Keyset = {
  list: 'flags',
  columns: { key: 'string' },
  order: 'asc',
};
const NEWEST_CHANGE_FIRST: Keyset = {
  list: 'flag-history',
  columns: { sequence: 'number' },
  order: 'desc',
};

/** Flags and their history. Knex only; a change and its history are one transaction. */
export class FlagStore implements ControlSource {
  readonly kind = 'flags';

  constructor(private readonly knex: Knex) {}

  async get(key: string): Promise<StoredFlag | undefined> {
    return FLAGS.first(this.knex(TABLE).where({ key, deleted: false }));
  }

  /** @returns undefined if there is one of that key; one that was deleted may be made anew */
  async insert(
    flag: {
      key: string;
      type: FlagType;
      state: FlagStateSnapshot;
      source: 'config' | 'page';
      by: string;
      reason: string;
      at: number;
    },
    conclude?: Conclude<StoredFlag>,
  ): Promise<StoredFlag | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, flag.at);
      const old = await trx(TABLE).where({ key: flag.key }).first();
      if (old && !old.deleted) return undefined;
      if (old) await trx(TABLE).where({ key: flag.key }).delete();
      const { by, reason, at, ...given } = flag;
      const stored: StoredFlag = {
        ...given,
        deleted: false,
        createdAt: at,
        createdBy: by,
        changedAt: at,
        changedBy: by,
        changeReason: reason,
        revision,
      };
      await trx(TABLE).insert(columns(stored));
      const created = { kind: 'created' as const, by, reason, at };
      await this.record(trx, flag.key, { ...created, after: flag.state });
      await conclude?.(trx, stored);
      return stored;
    });
  }

  /** @returns undefined if it is not at the expected revision any more */
  async edit(
    key: string,
    edit: FlagEdit,
    conclude?: Conclude<StoredFlag>,
  ): Promise<StoredFlag | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, edit.at);
      const row = await trx(TABLE).where({ key, deleted: false }).first();
      if (!row || int(row.revision) !== edit.expected) return undefined;
      const before = FLAGS.read(row);
      const stored: StoredFlag = {
        ...before,
        state: edit.after,
        deleted: edit.kind === 'deleted',
        changedAt: edit.at,
        changedBy: edit.by,
        changeReason: edit.reason,
        revision,
      };
      await trx(TABLE).where({ key }).update(columns(stored));
      const after = edit.kind === 'deleted' ? undefined : edit.after;
      await this.record(trx, key, { ...edit, before: before.state, after });
      await conclude?.(trx, stored);
      return stored;
    });
  }

  /** A page of flags, by key. */
  async list(
    query: PageQuery & {
      search?: string;
      tags?: string[];
      owners?: string[];
      stale?: boolean;
      now: number;
    },
  ): Promise<Page<StoredFlag>> {
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
    if (owners) whereAnyOf(matching, 'owner', owners);
    if (stale === true) matching.where('stale_after', '<=', now);
    if (stale === false) {
      matching.where(q =>
        q.whereNull('stale_after').orWhere('stale_after', '>', now),
      );
    }
    return keysetPage(matching, BY_KEY, query, FLAGS.read);
  }

  /** Every flag: their number is small, and all are served at once. */
  async all(): Promise<StoredFlag[]> {
    const kept = this.knex(TABLE).where({ deleted: false });
    return FLAGS.all(kept.orderBy('key'));
  }

  async change(key: string, id: string): Promise<FlagChange | undefined> {
    return CHANGES.first(
      this.knex('flag_changes').where({ flag_key: key, id }),
    );
  }

  /** Changes of a flag, newest first. */
  history(key: string, query: PageQuery): Promise<Page<FlagChange>> {
    return keysetPage(
      this.knex('flag_changes').where({ flag_key: key }),
      NEWEST_CHANGE_FIRST,
      query,
      CHANGES.read,
    );
  }

  async live(): Promise<FlagRecord[]> {
    return (await this.all()).map(recordOf);
  }

  async changedSince(revision: number) {
    const changed = this.knex(TABLE).where('revision', '>', revision);
    const flags = await FLAGS.all(changed);
    return {
      records: flags.filter(flag => !flag.deleted).map(recordOf),
      removed: flags.filter(flag => flag.deleted).map(flag => flag.key),
    };
  }

  private async record(
    trx: Knex,
    key: string,
    change: Pick<FlagChange, 'kind' | 'reason' | 'before' | 'after'> & {
      by: string;
      at: number;
    },
  ): Promise<void> {
    await trx('flag_changes').insert({
      ...CHANGES.write({
        ...change,
        id: randomUUID(),
        at: iso(change.at),
        actor: change.by,
      }),
      flag_key: key,
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

/** A flag's columns, with those that lists search by. */
function columns(flag: StoredFlag) {
  const { key, state } = flag;
  return {
    ...FLAGS.write(flag),
    owner: state.owner ?? null,
    tags: JSON.stringify(state.tags),
    search: `${key}\n${state.description}`.toLowerCase(),
    stale_after: optionalMs(state.staleAfter) ?? null,
  };
}
