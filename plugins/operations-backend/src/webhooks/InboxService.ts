import { NotFoundError } from '@backstage/errors';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  BulkPreview,
  BulkPreviewQuery,
  OPEN_WEBHOOK_STATES,
  WebhookAction,
  WebhookEvent,
  WebhookFailureDetail,
  WebhookFailuresPage,
  WebhookFailuresQuery,
  WebhookFilter,
  WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookHandlePermission,
  webhookReadPermission,
  webhookReplayPermission,
  webhookSuppressPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { PlatformHealth } from '../jobs/ports';
import { HOUR_MS, iso } from '../lib/time';
import type { Access } from '../permissions/Access';
import { mayAct, PlatformState } from './capabilities';
import { FailureStore } from './FailureStore';
import { ScopedFilter } from './filters';
import { PreviewStore } from './PreviewStore';
import { ReplayStore } from './ReplayStore';
import { FailureRow, toFailure } from './rows';
import type { Target } from './selection';
import { SummaryStore, TREND_HOURS } from './SummaryStore';
import { refusal, sentence, reasonOf } from '../lib/sentences';

const NEWEST = 100;

/** Which permission each action asks for. */
export const ACTION_PERMISSIONS: Record<WebhookAction, ResourcePermission> = {
  replay: webhookReplayPermission,
  suppress: webhookSuppressPermission,
  handle: webhookHandlePermission,
};

type Health = Pick<PlatformHealth, 'available' | 'asOf' | 'reason'>;

/** What the inbox shows: lists, counts, a failure, and what a bulk action would take. */
export class InboxService {
  private readonly failures: FailureStore;
  private readonly summaries: SummaryStore;
  private readonly previews: PreviewStore;
  private readonly replays: ReplayStore;

  constructor(
    knex: Knex,
    private readonly health: () => Health,
    private readonly platform: () => Promise<PlatformState>,
    private readonly now: () => number = Date.now,
  ) {
    this.failures = new FailureStore(knex);
    this.summaries = new SummaryStore(knex);
    this.previews = new PreviewStore(knex);
    this.replays = new ReplayStore(knex);
  }

  async list(
    query: WebhookFailuresQuery,
    access: Access,
  ): Promise<WebhookFailuresPage> {
    const scoped = await this.scoped(query, access);
    const [{ rows, nextCursor }, count] = await Promise.all([
      this.failures.list(scoped, query),
      this.failures.count(scoped),
    ]);
    return {
      items: rows.map(toFailure),
      totalItems: count.total,
      totalIsExact: count.exact,
      pageInfo: { nextCursor },
      freshness: this.freshness(),
    };
  }

  async summary(
    filter: WebhookFilter,
    access: Access,
  ): Promise<WebhookSummary> {
    const scoped = await this.scoped(filter, access);
    const [facets, { groups, total: groupCount }, hours, oldest] =
      await Promise.all([
        this.summaries.facets(scoped),
        this.summaries.groups(scoped),
        this.summaries.hours(scoped),
        this.failures.oldest(scoped, OPEN_WEBHOOK_STATES),
      ]);
    const [groupHours, endpoints] = await Promise.all([
      this.summaries.groupHours(groups, scoped.now),
      this.summaries.endpoints(groups, scoped.now),
    ]);
    const open: readonly string[] = OPEN_WEBHOOK_STATES;
    const wanted: readonly string[] | undefined = filter.state;
    const sum = (states: (state: string) => boolean) =>
      facets.state
        .filter(facet => states(facet.value))
        .reduce((n, facet) => n + facet.count, 0);
    const firstHour = Math.floor(scoped.now / HOUR_MS) - TREND_HOURS + 1;
    return {
      total: sum(state => !wanted || wanted.includes(state)),
      open: sum(state => open.includes(state)),
      states: facets.state,
      tenants: facets.tenant,
      eventTypes: facets.eventType,
      errorClasses: facets.errorClass,
      groupCount,
      groups: groups.map((group, i) => {
        const endpoint = endpoints.get(`${group.tenant}/${group.endpoint}`);
        return {
          tenant: group.tenant,
          endpoint: group.endpoint,
          url: endpoint?.url,
          errorClass: group.error_class,
          errorCode: group.error_code,
          count: group.count,
          lastFailedAt: iso(group.last_failed_at),
          hours: groupHours[i],
          endpointState: endpoint?.state,
          circuit: endpoint?.circuit,
        };
      }),
      hours: hours.map((count, i) => ({
        hour: iso((firstHour + i) * HOUR_MS),
        count,
      })),
      openSince: oldest === undefined ? undefined : iso(oldest),
      freshness: this.freshness(),
    };
  }

  async get(id: string, access: Access): Promise<WebhookFailureDetail> {
    const row = await this.seen(id, access);
    const [payload, attempts, events, replays, endpoint, platform] =
      await Promise.all([
        this.failures.payload(id),
        this.failures.attempts(id, NEWEST),
        this.failures.events(id, NEWEST),
        this.replays.ofFailure(id, NEWEST),
        this.failures.endpointState(row, this.now()),
        this.platform(),
      ]);
    return {
      ...toFailure(row),
      payload: payload
        ? JSON.parse(payload)
        : { contentType: '', size: 0, truncated: false, redacted: [] },
      attemptLog: attempts.map(text => JSON.parse(text)),
      history: historyOf(row, events, replays),
      endpointState: endpoint,
      actions: {
        replay: await this.may('replay', row, access, platform),
        suppress: await this.may('suppress', row, access, platform),
        handle: await this.may('handle', row, access, platform),
      },
      freshness: this.freshness(),
    };
  }

  /** Exactly how many a bulk action would take, of those on which the caller may do it. */
  async preview(query: BulkPreviewQuery, access: Access): Promise<BulkPreview> {
    const { action, includeDelivered, id, ...filter } = query;
    const asOf = iso(this.now());
    const target = await this.target(
      {
        action,
        includeDelivered: includeDelivered ?? false,
        selection: id ? { ids: id } : { filter, asOf },
      },
      access,
    );
    return { asOf, ...(await this.previews.preview(target)) };
  }

  /** What an action is done to: of what was selected, what the caller may both see and do it to. */
  async target(
    wish: Pick<Target, 'action' | 'selection' | 'includeDelivered'>,
    access: Access,
  ): Promise<Target> {
    const [readable, allowed] = await Promise.all([
      access.tenants(webhookReadPermission),
      access.tenants(ACTION_PERMISSIONS[wish.action]),
    ]);
    return { ...wish, scope: readable.and(allowed), now: this.now() };
  }

  /** @throws NotFoundError also where the caller may not see it */
  async seen(id: string, access: Access): Promise<FailureRow> {
    const scope = await access.tenants(webhookReadPermission);
    const row = await this.failures.get(id, scope);
    if (!row) throw refusal(NotFoundError, sentence('failure-missing', { id }));
    return row;
  }

  async may(
    action: WebhookAction,
    row: FailureRow,
    access: Access,
    platform: PlatformState,
  ) {
    const scope = await access.tenants(ACTION_PERMISSIONS[action]);
    return mayAct(action, row, scope, platform, this.now());
  }

  private async scoped(
    filter: WebhookFilter,
    access: Access,
  ): Promise<ScopedFilter> {
    const [scope, findsFew] = await Promise.all([
      access.tenants(webhookReadPermission),
      this.failures.findsFew(filter.search),
    ]);
    return { filter, scope, now: this.now(), findsFew };
  }

  private freshness() {
    const { available, asOf, reason } = this.health();
    return {
      state: available ? 'live' : 'stale',
      asOf,
      ...(reason && reasonOf(reason)),
    } as const;
  }
}

/** What happened to a failure, oldest first: its failing, what people did, how its replays went. */
function historyOf(
  row: FailureRow,
  events: Awaited<ReturnType<FailureStore['events']>>,
  replays: Awaited<ReturnType<ReplayStore['ofFailure']>>,
): WebhookEvent[] {
  const ended: Record<string, WebhookEvent['kind']> = {
    delivered: 'delivered',
    failed: 'failed-again',
    refused: 'replay-refused',
    stopped: 'replay-stopped',
  };
  const history: WebhookEvent[] = [
    { at: iso(row.first_failed_at), kind: 'failed' },
    ...events.map(event => ({
      at: iso(event.at),
      kind: event.kind as WebhookEvent['kind'],
      by: event.by ?? undefined,
      reason: event.reason ?? undefined,
    })),
    ...replays.flatMap(replay => {
      const bulkId = replay.bulk_id ?? undefined;
      const asked: WebhookEvent = {
        at: iso(replay.created_at),
        kind: 'replay-requested',
        by: replay.requested_by,
        reason: replay.reason ?? replay.bulk_reason ?? undefined,
        bulkId,
      };
      const kind = ended[replay.state];
      return kind && replay.ended_at !== null
        ? [
            asked,
            {
              at: iso(replay.ended_at),
              kind,
              reason: replay.message ?? undefined,
              bulkId,
            },
          ]
        : [asked];
    }),
  ];
  return history.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-NEWEST);
}
