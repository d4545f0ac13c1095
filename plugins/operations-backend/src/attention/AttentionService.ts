import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { ATTENTION_SEVERITIES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  AttentionPage,
  AttentionQuery,
  AttentionState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  jobReadPermission,
  operationsPermissions,
  webhookReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  AttentionItem,
  AttentionSeverity,
} from '@craft-easy/backstage-plugin-operations-common';
import type { AttentionSource } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import { APPROVALS_SOURCE, whereListed } from '../approvals/visibility';
import type { Conclude } from '../lib/actions';
import { keysetPage, type Keyset } from '../lib/keyset';
import { whereAnyOf } from '../lib/sql';
import { DAY_MS, iso } from '../lib/time';
import type { Access } from '../permissions/Access';
import type { Acknowledgements } from './Acknowledgements';
import { historyOf } from './AttentionHistory';
import { ITEMS, toItem } from './attentionRow';
import type { AttentionStore } from './AttentionStore';
import { severityRank } from './reconcile';
import { refusal, sentence } from '../lib/sentences';

/** The longest that something may be kept silent. */
const MAX_SNOOZE_MS = 30 * DAY_MS;

const BY_URGENCY: Keyset = {
  list: 'attention',
  columns: { severity: 'number', '-since': 'number', id: 'string' },
  order: 'asc',
};

/** What a person wants with an item. */
export type Acknowledgement =
  | { kind: 'acknowledged'; until?: string }
  | { kind: 'snoozed'; until: string }
  | { kind: 'reopened' };

/** The panel's rules: who sees which items, and what may be done to them. */
export class AttentionService {
  constructor(
    private readonly store: AttentionStore,
    private readonly acknowledgements: Acknowledgements,
    private readonly sources: AttentionSource[],
    private readonly knex: Knex,
    private readonly now: () => number = Date.now,
  ) {}

  /** Items the caller may see, most urgent and then youngest first. */
  async list(query: AttentionQuery, access: Access): Promise<AttentionPage> {
    const now = this.now();
    const visible = await this.visibility(access);
    const filtered = this.store.query(visible);
    this.filter(filtered, query, now);
    const [page, open, sources] = await Promise.all([
      keysetPage(filtered, BY_URGENCY, query, row =>
        toItem(ITEMS.read(row), now),
      ),
      this.countOpen(visible, now),
      this.store.sources(),
    ]);
    return {
      ...page,
      open: severityCounts(open),
      evaluatedAt: sources.length
        ? iso(Math.min(...sources.map(s => s.factsAt)))
        : undefined,
    };
  }

  /** One item with its history. @throws NotFoundError also where the caller may not see it */
  async get(
    id: string,
    access: Access,
  ): Promise<{
    item: AttentionItem;
    history: Awaited<ReturnType<typeof historyOf>>;
  }> {
    const item = await this.find(id, access);
    return { item, history: await historyOf(this.knex, id) };
  }

  /** @throws NotFoundError also where the caller may not see it */
  async find(id: string, access: Access): Promise<AttentionItem> {
    const visible = this.store.query(await this.visibility(access));
    const row = await ITEMS.first(visible.where('attention_items.id', id));
    if (!row) throw refusal(NotFoundError, sentence('item-missing', { id }));
    return toItem(row, this.now());
  }

  /** @throws ConflictError if the item is closed; InputError if `until` is not ahead, or too far */
  check(item: AttentionItem, want: Acknowledgement): void {
    if (item.state === 'closed') {
      throw refusal(
        ConflictError,
        sentence('item-closed', { item: item.title }),
      );
    }
    const until = untilOf(want);
    const at = this.now();
    if (until !== undefined && (until <= at || until > at + MAX_SNOOZE_MS)) {
      throw refusal(
        InputError,
        sentence('until-ahead', {
          field: 'body.until',
          days: MAX_SNOOZE_MS / DAY_MS,
        }),
      );
    }
  }

  /**
   * Acknowledges, snoozes or takes either back.
   * @throws ConflictError if the item closed meanwhile
   */
  async acknowledge(
    item: AttentionItem,
    want: Acknowledgement,
    by: { actor: string; reason: string },
    access: Access,
    conclude?: Conclude<Pick<AttentionItem, 'state'>>,
  ): Promise<AttentionItem> {
    const at = this.now();
    const until = untilOf(want);
    const ack =
      want.kind === 'reopened'
        ? null
        : { kind: want.kind, by: by.actor, reason: by.reason, at, until };
    const state = want.kind === 'reopened' ? 'open' : want.kind;
    const done = await this.acknowledgements.acknowledge(
      item.id,
      ack,
      { ...by, at },
      async trx => conclude?.(trx, { state }),
    );
    if (!done)
      throw refusal(
        ConflictError,
        sentence('item-closed', { item: item.title }),
      );
    return this.find(item.id, access);
  }

  private async countOpen(
    visible: (query: Knex.QueryBuilder) => void,
    now: number,
  ): Promise<Array<{ severity: number; n: number | string }>> {
    const rows = this.store.query(visible);
    whereState(rows, ['open'], now);
    return rows
      .groupBy('severity')
      .select('severity', this.knex.raw('count(*) as n'));
  }

  /** A where-clause for what the caller may see, source by source. */
  private async visibility(
    access: Access,
  ): Promise<(query: Knex.QueryBuilder) => void> {
    const jobs = await access.jobs(jobReadPermission);
    const webhooks = await access.tenants(webhookReadPermission);
    const ofJobs: string[] = [];
    const ofWebhooks: string[] = [];
    const others: string[] = [];
    for (const source of this.sources) {
      if (source.permission === jobReadPermission.name) ofJobs.push(source.id);
      else if (source.permission === webhookReadPermission.name) {
        ofWebhooks.push(source.id);
      } else if (await this.mayRead(source.permission, access)) {
        others.push(source.id);
      }
    }
    // An item may come with a permission that is not among these yet, and is not shown then.
    const held: string[] = [];
    for (const name of await this.store.permissions()) {
      if (await this.mayRead(name, access)) held.push(name);
    }
    const ofSource = (query: Knex.QueryBuilder) => {
      query.whereRaw('1 = 0').orWhereIn('attention_items.source', others);
      if (ofWebhooks.length) {
        query.orWhere(inner => {
          inner.whereIn('attention_items.source', ofWebhooks);
          webhooks.where(inner, 'attention_items.tenant');
        });
      }
      if (ofJobs.length) {
        query.orWhere(inner => {
          inner.whereIn('attention_items.source', ofJobs);
          jobs.where(inner, {
            tenant: 'attention_items.tenant',
            jobId: 'attention_items.subject_ref',
          });
        });
      }
    };
    return query => {
      query.where(ofSource);
      query.where(listed =>
        listed
          .whereNot('attention_items.source', APPROVALS_SOURCE)
          .orWhere(approvals =>
            whereListed(approvals, jobs, 'attention_items.subject_ref'),
          ),
      );
      query.where(permitted =>
        permitted
          .whereNull('attention_items.permission')
          .orWhereIn('attention_items.permission', held),
      );
      // whoever caused it knows, and it is not theirs to end
      const { person } = access;
      if (!person) return;
      query.where(mine =>
        mine
          .whereNull('attention_items.caused_by')
          .orWhereNot('attention_items.caused_by', person),
      );
    };
  }

  private filter(rows: Knex.QueryBuilder, query: AttentionQuery, now: number) {
    const { severity, owner, tenant, job, state } = query;
    whereState(rows, state ?? ['open', 'acknowledged', 'snoozed'], now);
    if (severity) rows.whereIn('severity', severity.map(severityRank));
    if (owner) whereAnyOf(rows, 'owner', owner);
    if (tenant) whereAnyOf(rows, 'tenant', tenant);
    if (job) rows.where({ subject_kind: 'job', subject_ref: job });
  }

  private async mayRead(name: string, access: Access): Promise<boolean> {
    const permission = operationsPermissions.find(p => p.name === name);
    // a permission of another plugin cannot be asked for here: fail closed
    return permission ? access.has(permission) : false;
  }
}

function untilOf(want: Acknowledgement): number | undefined {
  return 'until' in want && want.until ? Date.parse(want.until) : undefined;
}

/** The state follows from the reader's clock, so that a snooze ends on time without any work. */
function whereState(
  rows: Knex.QueryBuilder,
  states: AttentionState[],
  now: number,
) {
  rows.where(any => {
    for (const state of states) {
      any.orWhere(q => {
        if (state === 'closed') {
          q.whereNotNull('closed_at');
          return;
        }
        q.whereNull('closed_at');
        if (state === 'open') {
          q.where(o => o.whereNull('ack_kind').orWhere('ack_until', '<=', now));
        } else {
          q.where('ack_kind', state).where(o =>
            o.whereNull('ack_until').orWhere('ack_until', '>', now),
          );
        }
      });
    }
  });
}

function severityCounts(
  rows: Array<{ severity: number; n: number | string }>,
): Record<AttentionSeverity, number> {
  const counts = { critical: 0, high: 0, normal: 0, low: 0 };
  for (const row of rows) {
    counts[ATTENTION_SEVERITIES[row.severity]] = Number(row.n);
  }
  return counts;
}
