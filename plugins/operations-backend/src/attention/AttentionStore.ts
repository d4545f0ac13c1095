import { randomUUID } from 'node:crypto';
import type {
  AttentionItem,
  AttentionState,
} from '@craft-easy/backstage-plugin-operations-common';
import { ATTENTION_SEVERITIES } from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { digestOf, KnownItem, reconcile, severityRank } from './reconcile';

/** A row of `attention_items`; bigints come back from PostgreSQL as strings. */
export interface AttentionRow {
  id: string;
  source: string;
  fact_key: string;
  kind: string;
  severity: number;
  title: string;
  detail: string | null;
  subject_kind: string;
  subject_ref: string;
  subject_title: string;
  owner: string | null;
  tenant: string | null;
  href: string;
  actions: string;
  since: number | string;
  opened_at: number | string;
  closed_at: number | string | null;
  count: number;
  ack_kind: 'acknowledged' | 'snoozed' | null;
  ack_by: string | null;
  ack_at: number | string | null;
  ack_reason: string | null;
  ack_until: number | string | null;
}

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

/** Rows and history of attention items. Knex only; rules live in the service. */
export class AttentionStore {
  constructor(private readonly knex: Knex) {}

  /** Makes a source's open items equal its facts, as read at `factsAt`. One transaction; older facts than the last ones change nothing. */
  async reconcile(
    source: string,
    facts: AttentionFact[],
    factsAt: number,
  ): Promise<Reconciled> {
    return this.knex.transaction(async tx => {
      if (!(await this.takeTurn(tx, source, factsAt))) {
        return {
          opened: [],
          reopened: [],
          closed: [],
          updated: 0,
          current: false,
        };
      }
      const known = await this.known(tx, source, factsAt - FLAP_WINDOW_MS);
      const todo = reconcile(facts, known);

      const opened = todo.open.map(fact => ({
        id: randomUUID(),
        source,
        fact_key: fact.key,
        ...columns(fact),
        opened_at: factsAt,
        count: 1,
      }));
      if (opened.length) await tx.batchInsert('attention_items', opened, 50);
      for (const { item, fact } of todo.reopen) {
        await tx('attention_items')
          .where({ id: item.id })
          .update({
            ...columns(fact),
            closed_at: null,
            count: tx.raw('count + 1'),
          });
      }
      for (const { item, fact } of todo.update) {
        await tx('attention_items')
          .where({ id: item.id })
          .update(columns(fact));
      }
      const closed = todo.close.map(item => item.id);
      for (const ids of chunks(closed, 500)) {
        await tx('attention_items').whereIn('id', ids).update({
          closed_at: factsAt,
          ack_kind: null,
          ack_by: null,
          ack_at: null,
          ack_reason: null,
          ack_until: null,
        });
      }
      const reopened = todo.reopen.map(r => r.item.id);
      await this.note(tx, factsAt, [
        ...opened.map(o => ({ item_id: o.id, event: 'opened' })),
        ...reopened.map(id => ({ item_id: id, event: 'reopened' })),
        ...closed.map(id => ({ item_id: id, event: 'closed' })),
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

  async get(id: string): Promise<AttentionRow | undefined> {
    return this.knex<AttentionRow>('attention_items').where({ id }).first();
  }

  /** Sets or takes back an acknowledgement, if the item is still open. Within the caller's transaction of audit where given. */
  async acknowledge(
    id: string,
    ack: {
      kind: 'acknowledged' | 'snoozed';
      by: string;
      reason: string;
      at: number;
      until?: number;
    } | null,
    by: { actor: string; reason: string; at: number },
  ): Promise<boolean> {
    return this.knex.transaction(async tx => {
      const changed = await tx('attention_items')
        .where({ id })
        .whereNull('closed_at')
        .update({
          ack_kind: ack?.kind ?? null,
          ack_by: ack?.by ?? null,
          ack_at: ack?.at ?? null,
          ack_reason: ack?.reason ?? null,
          ack_until: ack?.until ?? null,
        });
      if (!changed) return false;
      await this.note(tx, by.at, [
        {
          item_id: id,
          event: ack?.kind ?? 'woken',
          by: by.actor,
          reason: by.reason,
        },
      ]);
      return true;
    });
  }

  /** Ends acknowledgements whose time is over. Reading judges by the clock as well, so being late does no harm. */
  async wake(now: number): Promise<string[]> {
    return this.knex.transaction(async tx => {
      const due = await tx('attention_items')
        .whereNull('closed_at')
        .whereNotNull('ack_until')
        .where('ack_until', '<=', now)
        .select('id');
      const ids: string[] = due.map(row => row.id);
      for (const part of chunks(ids, 500)) {
        await tx('attention_items').whereIn('id', part).update({
          ack_kind: null,
          ack_by: null,
          ack_at: null,
          ack_reason: null,
          ack_until: null,
        });
      }
      await this.note(
        tx,
        now,
        ids.map(id => ({ item_id: id, event: 'woken' })),
      );
      return ids;
    });
  }

  async history(
    id: string,
  ): Promise<
    Array<{ at: string; event: string; by?: string; reason?: string }>
  > {
    const rows = await this.knex('attention_events')
      .where({ item_id: id })
      .orderBy('id');
    return rows.map(row => ({
      at: iso(row.at),
      event: row.event,
      by: row.by ?? undefined,
      reason: row.reason ?? undefined,
    }));
  }

  /** Items not closed (or closed ones), most urgent first. `visible` narrows to what the caller may see. */
  query(visible: (query: Knex.QueryBuilder) => void): Knex.QueryBuilder {
    const query = this.knex('attention_items');
    query.where(where => visible(where));
    return query;
  }

  /** Takes items that owe their owner a notification, so that no other replica sends it too. */
  async claimNotifications(
    maxSeverity: number,
    now: number,
  ): Promise<AttentionRow[]> {
    return this.claim(
      query =>
        query
          .whereNull('closed_at')
          .whereNull('notified')
          .where('severity', '<=', maxSeverity),
      'sent',
      now,
    );
  }

  /** Takes items that were notified of and are over, to tell so. */
  async claimSolved(now: number): Promise<AttentionRow[]> {
    return this.claim(
      query => query.whereNotNull('closed_at').where('notified', 'sent'),
      'solved',
      now,
    );
  }

  /** Gives a claim back when sending failed. */
  async unclaim(id: string, state: 'sent' | null): Promise<void> {
    await this.knex('attention_items')
      .where({ id })
      .update({ notified: state });
  }

  private async claim(
    which: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
    as: 'sent' | 'solved',
    now: number,
  ): Promise<AttentionRow[]> {
    const rows: AttentionRow[] = await which(
      this.knex('attention_items').select(),
    ).limit(100);
    const mine: AttentionRow[] = [];
    for (const row of rows) {
      const won = await which(
        this.knex('attention_items').where({ id: row.id }),
      ).update({ notified: as, notified_at: now });
      if (won) mine.push(row);
    }
    return mine;
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
    const rows: AttentionRow[] = await tx('attention_items')
      .where({ source })
      .where(where =>
        where.whereNull('closed_at').orWhere('closed_at', '>=', closedSince),
      )
      .select();
    return rows.map(row => ({
      id: row.id,
      factKey: row.fact_key,
      closedAt: row.closed_at === null ? undefined : Number(row.closed_at),
      digest: digestOf({
        kind: row.kind,
        severity: ATTENTION_SEVERITIES[row.severity],
        title: row.title,
        detail: row.detail ?? undefined,
        href: row.href,
        actions: JSON.parse(row.actions),
        owner: row.owner ?? undefined,
      }),
    }));
  }

  private async note(
    tx: Knex.Transaction,
    at: number,
    events: Array<{
      item_id: string;
      event: string;
      by?: string;
      reason?: string;
    }>,
  ) {
    if (events.length) {
      await tx.batchInsert(
        'attention_events',
        events.map(e => ({ at, ...e })),
        100,
      );
    }
  }
}

function columns(fact: AttentionFact) {
  return {
    kind: fact.kind,
    severity: severityRank(fact.severity),
    title: fact.title.slice(0, 300),
    detail: fact.detail?.slice(0, 4000) ?? null,
    subject_kind: fact.subject.kind,
    subject_ref: fact.subject.ref,
    subject_title: fact.subject.title.slice(0, 300),
    owner: fact.owner ?? null,
    tenant: fact.tenant ?? null,
    href: fact.href,
    actions: JSON.stringify(fact.actions ?? []),
    since: fact.since.getTime(),
  };
}

/** State as the clock has it: an acknowledgement whose time is over counts for nothing. */
export function stateOf(row: AttentionRow, now: number): AttentionState {
  if (row.closed_at !== null) return 'closed';
  if (!row.ack_kind) return 'open';
  if (row.ack_until !== null && Number(row.ack_until) <= now) return 'open';
  return row.ack_kind;
}

/** A row as the API tells it. */
export function toItem(row: AttentionRow, now: number): AttentionItem {
  const state = stateOf(row, now);
  return {
    id: row.id,
    source: row.source,
    kind: row.kind,
    severity: ATTENTION_SEVERITIES[row.severity],
    state,
    title: row.title,
    detail: row.detail ?? undefined,
    subject: {
      kind: row.subject_kind,
      ref: row.subject_ref,
      title: row.subject_title,
    },
    owner: row.owner ?? undefined,
    tenant: row.tenant ?? undefined,
    since: iso(row.since),
    openedAt: iso(row.opened_at),
    closedAt: row.closed_at === null ? undefined : iso(row.closed_at),
    count: row.count,
    href: row.href,
    actions: JSON.parse(row.actions),
    acknowledgement:
      state === 'acknowledged' || state === 'snoozed'
        ? {
            by: row.ack_by!,
            at: iso(row.ack_at!),
            reason: row.ack_reason!,
            until: row.ack_until === null ? undefined : iso(row.ack_until),
          }
        : undefined,
  };
}

function iso(epochMs: number | string): string {
  return new Date(Number(epochMs)).toISOString();
}

function* chunks<T>(items: T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
