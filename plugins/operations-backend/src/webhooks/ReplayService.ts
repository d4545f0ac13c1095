import { randomUUID } from 'node:crypto';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  BulkActionRequest,
  BulkReplay,
  DEFAULT_REPLAYS_PER_SECOND,
  ReplayWebhookRequest,
  WebhookAction,
  WebhookFailure,
  webhookReadPermission,
  webhookReplayPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { iso, optionalIso } from '../lib/time';
import type { Access } from '../permissions/Access';
import type { PlatformState } from './capabilities';
import type { InboxService } from './InboxService';
import { BulkRow, ReplayStore } from './ReplayStore';
import type { ReplayRunner } from './ReplayRunner';
import { FailureRow, PLATFORM_SOURCE, toFailure } from './rows';
import { By, TriageStore } from './TriageStore';

const RATE_OVER_MS = 10_000;

/** What people do to failures: have them sent again, put them away. Who may was asked before; what the state allows is judged here. */
export class ReplayService {
  private readonly replays: ReplayStore;
  private readonly triage: TriageStore;

  constructor(
    knex: Knex,
    private readonly inbox: InboxService,
    private readonly runner: Pick<
      ReplayRunner,
      'sendNow' | 'wake' | 'tellStops'
    >,
    private readonly platform: () => Promise<PlatformState>,
    private readonly now: () => number = Date.now,
  ) {
    this.replays = new ReplayStore(knex);
    this.triage = new TriageStore(knex);
  }

  /** Has one sent again. @throws ConflictError saying when, if it was delivered and that is not confirmed */
  async replay(
    failure: FailureRow,
    request: ReplayWebhookRequest,
    by: By,
    access: Access,
  ): Promise<WebhookFailure> {
    await this.judge('replay', failure, access);
    const delivered = failure.state === 'delivered';
    if (delivered && !request.confirmDelivered) {
      throw new ConflictError(
        `It was delivered at ${optionalIso(
          failure.delivered_at,
        )}; confirm that the receiver shall get it once more`,
      );
    }
    const id = `rpl-${randomUUID()}`;
    const planned = await this.replays.planOne(failure, {
      id,
      forced: delivered,
      now: this.now(),
      ...by,
    });
    if (!planned) {
      throw new ConflictError('It is waiting to be sent again already');
    }
    if (failure.source === PLATFORM_SOURCE) {
      // it is planned: if this fails, whoever paces the replays hands it over in a moment
      await this.runner.sendNow([id]).catch(() => this.runner.wake());
    }
    return toFailure(await this.inbox.seen(failure.id, access));
  }

  /** Puts one away. */
  async putAway(
    action: 'suppress' | 'handle',
    failure: FailureRow,
    by: By,
    access: Access,
  ): Promise<WebhookFailure> {
    await this.judge(action, failure, access);
    const target = await this.inbox.target(
      { action, selection: { ids: [failure.id] }, includeDelivered: false },
      access,
    );
    await this.triage.triage(target, by, 1);
    return toFailure(await this.inbox.seen(failure.id, access));
  }

  /** Does it to all that was selected, if it is as many as was said. */
  async bulk(
    request: BulkActionRequest,
    by: By,
    access: Access,
  ): Promise<{ count: number; replay?: BulkReplay }> {
    const target = await this.inbox.target(
      {
        action: request.action,
        selection: request.selection,
        includeDelivered:
          request.action === 'replay' && (request.includeDelivered ?? false),
      },
      access,
    );
    if (request.action !== 'replay') {
      const count = await this.triage.triage(target, by, request.expected);
      return { count };
    }
    const bulk = await this.replays.planBulk(target, {
      id: `blk-${randomUUID()}`,
      perEndpointPerSecond:
        request.perEndpointPerSecond ?? DEFAULT_REPLAYS_PER_SECOND,
      expected: request.expected,
      ...by,
    });
    this.runner.wake();
    return { count: bulk.total, replay: await this.toReplay(bulk, access) };
  }

  async list(
    active: boolean | undefined,
    access: Access,
  ): Promise<{ items: BulkReplay[] }> {
    const rows = await this.replays.listBulks(active);
    const seen = await Promise.all(
      rows.map(async row => ((await this.sees(row, access)) ? [row] : [])),
    );
    return {
      items: await Promise.all(
        seen.flat().map(row => this.toReplay(row, access)),
      ),
    };
  }

  /** @throws NotFoundError also where the caller may not see all of it */
  async get(id: string, access: Access): Promise<BulkReplay> {
    return this.toReplay(await this.bulkSeen(id, access), access);
  }

  /** Nothing more is sent from here on; what the platform has already, it is told to leave. */
  async stop(id: string, access: Access): Promise<BulkReplay> {
    const bulk = await this.bulkSeen(id, access);
    if (!(await this.mayStop(bulk, access))) {
      throw new NotAllowedError(
        `You do not have the permission ${webhookReplayPermission.name} for all tenants of this replay`,
      );
    }
    if (!(await this.replays.stop(id, this.now()))) {
      throw new ConflictError(`This replay is not running: ${bulk.status}`);
    }
    // told again until it is heard, should Redis be away
    await this.runner.tellStops().catch(() => {});
    return this.get(id, access);
  }

  private async judge(
    action: WebhookAction,
    failure: FailureRow,
    access: Access,
  ): Promise<void> {
    const may = await this.inbox.may(
      action,
      failure,
      access,
      await this.platform(),
    );
    if (may.allowed) return;
    if (may.rule === 'permission') throw new NotAllowedError(may.reason);
    if (may.rule === 'engine') throw new ServiceUnavailableError(may.reason);
    throw new ConflictError(may.reason);
  }

  private async bulkSeen(id: string, access: Access): Promise<BulkRow> {
    const row = await this.replays.getBulk(id);
    if (!row || !(await this.sees(row, access))) {
      throw new NotFoundError(`There is no replay ${id}`);
    }
    return row;
  }

  private async sees(row: BulkRow, access: Access): Promise<boolean> {
    const scope = await access.tenants(webhookReadPermission);
    if (scope.isEverything) return true;
    const tenants = await this.replays.tenantsOf(row.id);
    return tenants.length > 0 && tenants.every(tenant => scope.covers(tenant));
  }

  private async mayStop(row: BulkRow, access: Access): Promise<boolean> {
    const scope = await access.tenants(webhookReplayPermission);
    if (scope.isEverything) return true;
    const tenants = await this.replays.tenantsOf(row.id);
    return tenants.every(tenant => scope.covers(tenant));
  }

  private async toReplay(row: BulkRow, access: Access): Promise<BulkReplay> {
    const now = this.now();
    const left = row.total - row.claimed - row.never_sent;
    const running = row.ended_at === null;
    const recent = running
      ? await this.replays.endedSince(row.id, now - RATE_OVER_MS)
      : 0;
    const seconds = Math.min(RATE_OVER_MS, Math.max(1, now - row.created_at));
    const rate = recent / (seconds / 1000);
    const ended = row.delivered + row.failed + row.refused + row.stopped;
    return {
      id: row.id,
      status: row.status,
      requestedBy: row.requested_by,
      reason: row.reason,
      createdAt: iso(row.created_at),
      endedAt: optionalIso(row.ended_at),
      total: row.total,
      tenants: row.tenants,
      endpoints: row.endpoints,
      perEndpointPerSecond: row.per_endpoint_per_second,
      left,
      sent: row.total - left - ended,
      delivered: row.delivered,
      failed: row.failed,
      refused: row.refused,
      stopped: row.stopped,
      ratePerSecond: Math.round(rate * 10) / 10,
      secondsLeft:
        running && rate > 0 ? Math.ceil((row.total - ended) / rate) : undefined,
      canStop: row.status === 'running' && (await this.mayStop(row, access)),
    };
  }
}
