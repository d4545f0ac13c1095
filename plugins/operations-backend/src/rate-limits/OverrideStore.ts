import type {
  ControlRecord,
  OverrideLimit,
  OverrideSubject,
  RateLimitOverrideRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { subjectKey } from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { ControlSource } from '../controls/ControlPublisher';
import { nextRevision } from '../controls/revisions';
import { decodeCursor, encodeCursor, iso, pageOf } from '../lib';
import { int, likePattern, optionalInt } from '../lib/sql';

/** An override as the database holds it; times in epoch ms. */
export interface StoredOverride {
  id: string;
  subject: OverrideSubject;
  limit: OverrideLimit;
  limiter?: string;
  startsAt: number;
  endsAt: number;
  endedEarly: boolean;
  createdAt: number;
  createdBy: string;
  reason: string;
  changedAt?: number;
  changedBy?: string;
  changeReason?: string;
  revision: number;
}

export type NewOverride = Omit<StoredOverride, 'revision' | 'endedEarly'>;

/** What an extension or an early end changes. */
export interface OverrideChange {
  endsAt: number;
  endedEarly: boolean;
  at: number;
  by: string;
  reason: string;
}

const TABLE = 'rate_limit_overrides';

/** Overrides of rate limits. Knex only. */
export class OverrideStore implements ControlSource {
  readonly kind = 'rate-limits';

  constructor(private readonly knex: Knex) {}

  async get(id: string): Promise<StoredOverride | undefined> {
    const row = await this.knex(TABLE).where({ id }).first();
    return row && fromRow(row);
  }

  /**
   * Inserts an override unless another one for the same subject and limiter is in force at some time of its own.
   * @returns the one in the way, where nothing was inserted
   */
  async insert(
    override: NewOverride,
    now: number,
  ): Promise<{ inserted: StoredOverride } | { inTheWay: StoredOverride }> {
    return this.knex.transaction(async trx => {
      // first the lock: two that look at once would both find nothing
      const revision = await nextRevision(trx, this.kind, now);
      const limiter = override.limiter ?? null;
      const row = await trx(TABLE)
        .where({ subject_key: subjectKey(override.subject), limiter })
        .where('starts_at', '<', override.endsAt)
        .where('ends_at', '>', Math.max(override.startsAt, now))
        .first();
      if (row) return { inTheWay: fromRow(row) };
      await trx(TABLE).insert({
        id: override.id,
        subject_key: subjectKey(override.subject),
        subject: JSON.stringify(override.subject),
        limit: JSON.stringify(override.limit),
        limiter,
        starts_at: override.startsAt,
        ends_at: override.endsAt,
        created_at: override.createdAt,
        created_by: override.createdBy,
        reason: override.reason,
        revision,
      });
      return { inserted: { ...override, endedEarly: false, revision } };
    });
  }

  /**
   * Changes the end of an override that has not ended.
   * @returns undefined if it has ended meanwhile, or there is none
   */
  async changeEnd(
    id: string,
    change: OverrideChange,
  ): Promise<StoredOverride | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, change.at);
      const changed = await trx(TABLE)
        .where({ id })
        .where('ends_at', '>', change.at)
        .update({
          ends_at: change.endsAt,
          ended_early: change.endedEarly,
          changed_at: change.at,
          changed_by: change.by,
          change_reason: change.reason,
          revision,
        });
      if (!changed) return undefined;
      const row = await trx(TABLE).where({ id }).first();
      return fromRow(row);
    });
  }

  /** A page of overrides, the latest end first. */
  async list(query: {
    states?: Array<'scheduled' | 'active' | 'ended'>;
    subject?: string;
    now: number;
    cursor?: string;
    limit: number;
  }): Promise<{
    overrides: StoredOverride[];
    totalItems: number;
    nextCursor?: string;
  }> {
    const matching = this.knex(TABLE);
    const { states, subject, now } = query;
    if (states) {
      matching.where(any => {
        for (const state of states)
          any.orWhere(one => inState(one, state, now));
      });
    }
    if (subject) {
      matching.whereRaw("lower(subject_key) like ? escape '\\'", [
        likePattern(subject.toLowerCase()),
      ]);
    }
    const [{ n }] = await matching.clone().count({ n: '*' });
    const list = 'overrides';
    const after = decodeCursor(query.cursor, list, ['number', 'string']);
    const page = matching
      .clone()
      .orderBy([
        { column: 'ends_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    if (after) {
      page.where(q =>
        q
          .where('ends_at', '<', after[0])
          .orWhere(same =>
            same.where('ends_at', after[0]).where('id', '<', after[1]),
          ),
      );
    }
    const { rows, nextCursor } = pageOf(await page, query.limit, last =>
      encodeCursor(list, [int(last.ends_at), last.id]),
    );
    return { overrides: rows.map(fromRow), totalItems: int(n), nextCursor };
  }

  /** All that have not ended, those that end first at the front. */
  async unended(
    now: number,
    limit: number = 10_000,
  ): Promise<StoredOverride[]> {
    const rows = await this.knex(TABLE)
      .where('ends_at', '>', now)
      .orderBy('ends_at')
      .limit(limit);
    return rows.map(fromRow);
  }

  async live(now: number): Promise<ControlRecord[]> {
    const rows = await this.knex(TABLE).where('ends_at', '>', now);
    return rows.map(row => recordOf(fromRow(row)));
  }

  async changedSince(revision: number) {
    const rows = await this.knex(TABLE).where('revision', '>', revision);
    return { records: rows.map(row => recordOf(fromRow(row))), removed: [] };
  }
}

function inState(
  query: Knex.QueryBuilder,
  state: 'scheduled' | 'active' | 'ended',
  now: number,
): void {
  if (state === 'ended') query.where('ends_at', '<=', now);
  else if (state === 'scheduled') {
    query.where('ends_at', '>', now).where('starts_at', '>', now);
  } else query.where('ends_at', '>', now).where('starts_at', '<=', now);
}

function recordOf(override: StoredOverride): RateLimitOverrideRecord {
  const { id, revision, subject, limit, limiter } = override;
  return {
    v: 1,
    id,
    revision,
    subject,
    limit,
    limiter,
    startsAt: iso(override.startsAt),
    endsAt: iso(override.endsAt),
  };
}

interface Row {
  id: string;
  subject: string;
  limit: string;
  limiter: string | null;
  starts_at: number | string;
  ends_at: number | string;
  ended_early: number | boolean;
  created_at: number | string;
  created_by: string;
  reason: string;
  changed_at: number | string | null;
  changed_by: string | null;
  change_reason: string | null;
  revision: number | string;
}

function fromRow(row: Row): StoredOverride {
  return {
    id: row.id,
    subject: JSON.parse(row.subject),
    limit: JSON.parse(row.limit),
    limiter: row.limiter ?? undefined,
    startsAt: int(row.starts_at),
    endsAt: int(row.ends_at),
    endedEarly: Boolean(row.ended_early),
    createdAt: int(row.created_at),
    createdBy: row.created_by,
    reason: row.reason,
    changedAt: optionalInt(row.changed_at),
    changedBy: row.changed_by ?? undefined,
    changeReason: row.change_reason ?? undefined,
    revision: int(row.revision),
  };
}
