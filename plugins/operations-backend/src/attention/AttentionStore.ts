import { randomUUID } from 'node:crypto';
import { ATTENTION_SEVERITIES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionState } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AttentionSeverity } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { upsert, whereAnyOf } from '../lib/sql';
import { NOT_ACKNOWLEDGED } from './Acknowledgements';
import { noteEvents } from './AttentionHistory';
import {
  asStored,
  FACTS,
  ITEMS,
  SHOWN,
  shownOf,
  STILL_SHOWN,
  type AttentionRow,
} from './attentionRow';
import { digestOf, reconcile, type KnownItem } from './reconcile';
import type { WordedFact } from './words';

export interface Reconciled {
  opened: string[];
  reopened: string[];
  closed: string[];
  updated: number;
  /** false: another replica has looked since, with younger facts */
  current: boolean;
}

/** An item that closes and opens again within this time is one item with a higher count. */
export const FLAP_WINDOW_MS = 30 * 60_000;

/** The rows of attention items: in step with the facts. Knex only; rules live in the service. */
export class AttentionStore {
  constructor(private readonly knex: Knex) {}

  /**
   * Makes a source's open items equal its facts, as read at `factsAt`. One transaction; older facts
   * than the last ones change nothing.
   */
  async reconcile(
    source: string,
    facts: WordedFact[],
    factsAt: number,
  ): Promise<Reconciled> {
    return this.knex.transaction(async tx => {
      if (!(await this.takeTurn(tx, source, factsAt))) {
        const nothing = { opened: [], reopened: [], closed: [], updated: 0 };
        return { ...nothing, current: false };
      }
      const todo = reconcile(
        facts.map(asStored),
        await this.known(tx, source, factsAt - FLAP_WINDOW_MS),
      );

      const row = (id: string, fact: WordedFact) =>
        FACTS.write({
          id,
          source,
          factKey: fact.key,
          ...shownOf(fact),
          openedAt: factsAt,
          closedAt: undefined,
        });
      // the row exists: neither its key nor its times are touched
      const known = (of: { item: KnownItem; fact: WordedFact }) =>
        row(of.item.id, of.fact);
      const opened = todo.open.map(fact => ({ id: randomUUID(), fact }));
      await upsert(
        tx,
        FACTS,
        ['id'],
        opened.map(({ id, fact }) => row(id, fact)),
        [],
      );
      await upsert(tx, FACTS, ['id'], todo.reopen.map(known), {
        ...SHOWN,
        closed_at: 'null',
        count: 'attention_items."count" + 1',
        // an owner who was notified that it is solved is notified again, by the same message
        notified: `case when attention_items."notified" = 'solved' then null else attention_items."notified" end`,
      });
      await upsert(tx, FACTS, ['id'], todo.update.map(known), STILL_SHOWN);
      const closed = todo.close.map(item => item.id);
      if (closed.length) {
        const ended = { closed_at: factsAt, ...NOT_ACKNOWLEDGED };
        const rows = tx('attention_items').update(ended);
        await whereAnyOf(rows, 'id', closed);
      }
      const reopened = todo.reopen.map(r => r.item.id);
      await noteEvents(tx, factsAt, [
        ...opened.map(o => ({ item_id: o.id, event: 'opened' as const })),
        ...reopened.map(id => ({ item_id: id, event: 'reopened' as const })),
        ...closed.map(id => ({ item_id: id, event: 'closed' as const })),
      ]);
      return {
        opened: opened.map(o => o.id),
        reopened,
        closed,
        updated: todo.update.length,
        current: true,
      };
    });
  }

  /** Notes that a source could not be read; its items stay as they are. */
  async noteError(source: string, error: string, at: number): Promise<void> {
    await this.knex('attention_sources')
      .insert({
        source,
        facts_at: 0,
        error: error.slice(0, 1000),
        error_at: at,
      })
      .onConflict('source')
      .merge(['error', 'error_at']);
  }

  async sources(): Promise<
    Array<{ source: string; factsAt: number; error?: string }>
  > {
    const rows = await this.knex('attention_sources').select();
    return rows.map(row => ({
      source: row.source,
      factsAt: Number(row.facts_at),
      error: row.error ?? undefined,
    }));
  }

  /** How many items there are that are not closed, as the clock has it. */
  async counts(
    now: number,
  ): Promise<
    Array<{ severity: AttentionSeverity; state: AttentionState; count: number }>
  > {
    const state = this.knex.raw(
      "case when ack_kind is null or ack_until <= ? then 'open' else ack_kind end as state",
      [now],
    );
    const rows = await this.knex
      .from(
        this.knex('attention_items')
          .whereNull('closed_at')
          .select('severity', state)
          .as('items'),
      )
      .groupBy('severity', 'state')
      .select('severity', 'state')
      .count({ n: '*' });
    return rows.map((row: Record<string, any>) => ({
      severity: ATTENTION_SEVERITIES[row.severity],
      state: row.state,
      count: Number(row.n),
    }));
  }

  /** The permissions that items need beside those of their sources. */
  async permissions(): Promise<string[]> {
    return this.knex('attention_items')
      .whereNotNull('permission')
      .distinct()
      .pluck('permission');
  }

  async get(id: string): Promise<AttentionRow | undefined> {
    return ITEMS.first(this.knex('attention_items').where({ id }));
  }

  /**
   * Items, restricted to what the caller may see.
   */
  query(visible: (query: Knex.QueryBuilder) => void): Knex.QueryBuilder {
    return this.knex('attention_items').where(where => visible(where));
  }

  private async takeTurn(
    tx: Knex.Transaction,
    source: string,
    factsAt: number,
  ) {
    await tx('attention_sources')
      .insert({ source, facts_at: 0 })
      .onConflict('source')
      .ignore();
    // the update locks the row: replicas go one after the other
    const turns = await tx('attention_sources')
      .where({ source })
      .where('facts_at', '<', factsAt)
      .update({ facts_at: factsAt, error: null, error_at: null });
    return turns > 0;
  }

  private async known(
    tx: Knex.Transaction,
    source: string,
    closedSince: number,
  ): Promise<KnownItem[]> {
    const rows = await ITEMS.all(
      tx('attention_items')
        .where({ source })
        .where(where =>
          where.whereNull('closed_at').orWhere('closed_at', '>=', closedSince),
        ),
    );
    return rows.map(row => ({ ...row, digest: digestOf(row) }));
  }
}
