import type {
  ControlKind,
  ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Page } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import type { Conclude } from '../lib/actions';
import { keysetPage, type PageQuery } from '../lib/keyset';
import type { Value } from '../lib/sql';
import { bigint, boolean, optional, text } from '../lib/table';
import { iso } from '../lib/time';
import type { ControlSource } from './ControlPublisher';
import { nextRevision } from './revisions';

/** Columns of every control that has an end. Times are epoch milliseconds. */
export const timedColumns = {
  id: text(),
  startsAt: bigint(),
  endsAt: bigint(),
  endedEarly: boolean(),
  createdAt: bigint(),
  createdBy: text(),
  reason: text(),
  changedAt: optional(bigint()),
  changedBy: optional(text()),
  changeReason: optional(text()),
  revision: bigint(),
};

export interface TimedControl {
  id: string;
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

export type NewControl<Stored extends TimedControl> = Omit<
  Stored,
  'revision' | 'endedEarly'
>;

export type TimedState = 'scheduled' | 'active' | 'ended' | 'cancelled';

/** The times by which readers apply a control: one that was cancelled is never in force. */
export function inForceOf(control: Pick<TimedControl, 'startsAt' | 'endsAt'>): {
  startsAt: string;
  endsAt: string;
} {
  const { startsAt, endsAt } = control;
  return { startsAt: iso(Math.min(startsAt, endsAt)), endsAt: iso(endsAt) };
}

export interface TimedControlStoreOptions<Stored extends TimedControl> {
  kind: ControlKind;
  /** how a control becomes a row, and a row a control; `lib/table` makes both */
  table: {
    name: string;
    read(raw: Record<string, unknown>): Stored;
    write(control: NewControl<Stored>): Record<string, Value>;
  };
  /** the list's name in its cursors, and the time by which it is sorted, the latest first */
  list: { name: string; by: 'starts_at' | 'ends_at' };
  /** the control as platforms read it */
  record(stored: Stored): ControlRecord;
  /** columns of which no two controls may have the same at one time; none: controls may overlap */
  exclusive?(control: NewControl<Stored>): Record<string, Value>;
}

/** Controls that have an end: overrides of rate limits, maintenance windows. Knex only. */
export class TimedControlStore<Stored extends TimedControl>
  implements ControlSource
{
  constructor(
    private readonly knex: Knex,
    private readonly options: TimedControlStoreOptions<Stored>,
  ) {}

  get kind(): ControlKind {
    return this.options.kind;
  }

  async get(id: string): Promise<Stored | undefined> {
    const row = await this.rows().where({ id }).first();
    return row && this.options.table.read(row);
  }

  /**
   * Inserts a control unless a conflicting one is in force at some time of its own.
   * @returns the conflicting one, where nothing was inserted
   */
  async insert(
    control: NewControl<Stored>,
    now: number,
    conclude?: Conclude<Stored>,
  ): Promise<{ inserted: Stored } | { conflicting: Stored }> {
    const { kind, table, exclusive } = this.options;
    return this.knex.transaction(async trx => {
      // the lock comes first: of two that look at once, both would find nothing
      const revision = await nextRevision(trx, kind, now);
      if (exclusive) {
        const row = await this.rows(trx)
          .where(exclusive(control))
          .where('starts_at', '<', control.endsAt)
          .where('ends_at', '>', Math.max(control.startsAt, now))
          .first();
        if (row) return { conflicting: table.read(row) };
      }
      await this.rows(trx).insert({ ...table.write(control), revision });
      const row = await this.rows(trx).where({ id: control.id }).first();
      const inserted = table.read(row);
      await conclude?.(trx, inserted);
      return { inserted };
    });
  }

  /**
   * Changes the end of a control that has not ended. One that ends before it begins never takes
   * place.
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
    conclude?: Conclude<Stored>,
  ): Promise<Stored | undefined> {
    const { kind, table } = this.options;
    return this.knex.transaction(async trx => {
      const revision = await nextRevision(trx, kind, change.at);
      const [row] = await this.rows(trx)
        .where({ id })
        .where('ends_at', '>', change.at)
        .update({
          ends_at: change.endsAt,
          ended_early: change.endedEarly,
          changed_at: change.at,
          changed_by: change.by,
          change_reason: change.reason,
          revision,
        })
        .returning('*');
      if (!row) return undefined;
      const changed = table.read(row);
      await conclude?.(trx, changed);
      return changed;
    });
  }

  /** A page of controls, the latest first. @param restrict - to those that are asked for */
  list(
    query: PageQuery & { states?: TimedState[]; now: number },
    restrict?: (rows: Knex.QueryBuilder) => void,
  ): Promise<Page<Stored>> {
    const { table, list } = this.options;
    const { states, now } = query;
    const matching = this.rows();
    if (states) {
      matching.where(any => {
        for (const state of states) any.orWhere(q => whereState(q, state, now));
      });
    }
    restrict?.(matching);
    return keysetPage(
      matching,
      {
        list: list.name,
        columns: { [list.by]: 'number', id: 'string' },
        order: 'desc',
      },
      query,
      table.read,
    );
  }

  /** All that have not ended, in the order in which they end. */
  async unended(now: number, limit: number = 10_000): Promise<Stored[]> {
    const rows = await this.rows()
      .where('ends_at', '>', now)
      .orderBy(['ends_at', 'id'])
      .limit(limit);
    return rows.map(this.options.table.read);
  }

  async live(now: number): Promise<ControlRecord[]> {
    const rows = await this.rows().where('ends_at', '>', now);
    return this.records(rows);
  }

  async changedSince(revision: number) {
    const rows = await this.rows().where('revision', '>', revision);
    return { records: this.records(rows), removed: [] };
  }

  private records(rows: Array<Record<string, unknown>>): ControlRecord[] {
    return rows.map(row => this.options.record(this.options.table.read(row)));
  }

  private rows(knex: Knex = this.knex): Knex.QueryBuilder {
    return knex(this.options.table.name);
  }
}

function whereState(
  query: Knex.QueryBuilder,
  state: TimedState,
  now: number,
): void {
  if (state === 'ended' || state === 'cancelled') {
    query
      .where('ends_at', '<=', now)
      .whereRaw(`starts_at ${state === 'ended' ? '<' : '>='} ends_at`);
    return;
  }
  query
    .where('ends_at', '>', now)
    .where('starts_at', state === 'scheduled' ? '>' : '<=', now);
}
