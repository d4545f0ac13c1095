import type {
  MaintenanceMode,
  MaintenanceRecord,
  MaintenanceScope,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { Knex } from 'knex';
import type { ControlSource } from '../controls/ControlPublisher';
import { nextRevision } from '../controls/revisions';
import { decodeCursor, encodeCursor, iso, optionalIso, pageOf } from '../lib';
import { int, optionalInt } from '../lib/sql';

/** A window as the database holds it; times in epoch ms. */
export interface StoredWindow {
  id: string;
  scope: MaintenanceScope;
  mode: MaintenanceMode;
  startsAt: number;
  endsAt: number;
  plannedEndsAt: number;
  announceAt?: number;
  timezone: string;
  messages: Record<string, string>;
  holdJobs: boolean;
  endedEarly: boolean;
  createdAt: number;
  createdBy: string;
  reason: string;
  changedAt?: number;
  changedBy?: string;
  changeReason?: string;
  revision: number;
}

export type NewWindow = Omit<
  StoredWindow,
  'revision' | 'endedEarly' | 'plannedEndsAt'
>;

const TABLE = 'maintenance_windows';

/** Maintenance windows. Knex only. */
export class WindowStore implements ControlSource {
  readonly kind = 'maintenance';

  constructor(private readonly knex: Knex) {}

  async get(id: string): Promise<StoredWindow | undefined> {
    const row = await this.knex(TABLE).where({ id }).first();
    return row && fromRow(row);
  }

  async insert(window: NewWindow, now: number): Promise<StoredWindow> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, now);
      await trx(TABLE).insert({
        id: window.id,
        scope: window.scope.kind,
        tenant: window.scope.kind === 'tenant' ? window.scope.tenant : null,
        mode: window.mode,
        starts_at: window.startsAt,
        ends_at: window.endsAt,
        planned_ends_at: window.endsAt,
        announce_at: window.announceAt,
        timezone: window.timezone,
        messages: JSON.stringify(window.messages),
        hold_jobs: window.holdJobs,
        created_at: window.createdAt,
        created_by: window.createdBy,
        reason: window.reason,
        revision,
      });
      return {
        ...window,
        plannedEndsAt: window.endsAt,
        endedEarly: false,
        revision,
      };
    });
  }

  /**
   * Changes the end of a window that has not ended. One that has not begun ends at its start: it never takes place.
   * @returns undefined if it has ended meanwhile, or there is none
   */
  async changeEnd(
    id: string,
    change: {
      endsAt: number;
      endedEarly: boolean;
      at: number;
      by: string;
      reason: string;
    },
  ): Promise<StoredWindow | undefined> {
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, this.kind, change.at);
      const before = await trx(TABLE)
        .where({ id })
        .where('ends_at', '>', change.at)
        .first();
      if (!before) return undefined;
      const begun = int(before.starts_at) <= change.at;
      await trx(TABLE)
        .where({ id })
        .update({
          ends_at: change.endsAt,
          starts_at:
            change.endedEarly && !begun ? change.endsAt : before.starts_at,
          ended_early: change.endedEarly,
          changed_at: change.at,
          changed_by: change.by,
          change_reason: change.reason,
          revision,
        });
      return fromRow(await trx(TABLE).where({ id }).first());
    });
  }

  /** A page of windows, the latest start first. */
  async list(query: {
    states?: Array<'scheduled' | 'active' | 'ended'>;
    tenant?: string;
    now: number;
    cursor?: string;
    limit: number;
  }): Promise<{
    windows: StoredWindow[];
    totalItems: number;
    nextCursor?: string;
  }> {
    const matching = this.knex(TABLE);
    const { states, tenant, now } = query;
    if (tenant) {
      matching.where(q => q.where({ tenant }).orWhere({ scope: 'platform' }));
    }
    if (states) {
      matching.where(any => {
        for (const state of states) {
          any.orWhere(one => {
            if (state === 'ended') one.where('ends_at', '<=', now);
            else {
              one
                .where('ends_at', '>', now)
                .where('starts_at', state === 'active' ? '<=' : '>', now);
            }
          });
        }
      });
    }
    const [{ n }] = await matching.clone().count({ n: '*' });
    const list = 'maintenance';
    const after = decodeCursor(query.cursor, list, ['number', 'string']);
    const page = matching
      .clone()
      .orderBy([
        { column: 'starts_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    if (after) {
      page.where(q =>
        q
          .where('starts_at', '<', after[0])
          .orWhere(same =>
            same.where('starts_at', after[0]).where('id', '<', after[1]),
          ),
      );
    }
    const { rows, nextCursor } = pageOf(await page, query.limit, last =>
      encodeCursor(list, [int(last.starts_at), last.id]),
    );
    return { windows: rows.map(fromRow), totalItems: int(n), nextCursor };
  }

  /** All that have not ended. */
  async unended(now: number): Promise<StoredWindow[]> {
    const rows = await this.knex(TABLE)
      .where('ends_at', '>', now)
      .orderBy('starts_at');
    return rows.map(fromRow);
  }

  async live(now: number): Promise<MaintenanceRecord[]> {
    return (await this.unended(now)).map(recordOf);
  }

  async changedSince(revision: number) {
    const rows = await this.knex(TABLE).where('revision', '>', revision);
    return { records: rows.map(row => recordOf(fromRow(row))), removed: [] };
  }
}

/** A window as it is published: nothing of who ordered it, nor why. */
export function recordOf(window: StoredWindow): MaintenanceRecord {
  return {
    v: 1,
    id: window.id,
    revision: window.revision,
    scope: window.scope,
    mode: window.mode,
    startsAt: iso(window.startsAt),
    endsAt: iso(window.endsAt),
    announceAt: optionalIso(window.announceAt),
    timezone: window.timezone,
    messages: window.messages,
    holdJobs: window.holdJobs,
  };
}

interface Row {
  id: string;
  scope: 'platform' | 'tenant';
  tenant: string | null;
  mode: MaintenanceMode;
  starts_at: number | string;
  ends_at: number | string;
  planned_ends_at: number | string;
  announce_at: number | string | null;
  timezone: string;
  messages: string;
  hold_jobs: number | boolean;
  ended_early: number | boolean;
  created_at: number | string;
  created_by: string;
  reason: string;
  changed_at: number | string | null;
  changed_by: string | null;
  change_reason: string | null;
  revision: number | string;
}

function fromRow(row: Row): StoredWindow {
  return {
    id: row.id,
    scope:
      row.scope === 'tenant'
        ? { kind: 'tenant', tenant: row.tenant! }
        : { kind: 'platform' },
    mode: row.mode,
    startsAt: int(row.starts_at),
    endsAt: int(row.ends_at),
    plannedEndsAt: int(row.planned_ends_at),
    announceAt: optionalInt(row.announce_at),
    timezone: row.timezone,
    messages: JSON.parse(row.messages),
    holdJobs: Boolean(row.hold_jobs),
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
