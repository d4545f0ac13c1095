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
  Capability,
  DEFAULT_REPLAYS_PER_SECOND,
  WebhookAction,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  webhookReadPermission,
  webhookReplayPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { progressOf, RATE_OVER_MS } from '../bulk/progress';
import type { Conclude } from '../lib/actions';
import { iso, optionalIso } from '../lib/time';
import type { Access } from '../permissions/Access';
import { assertAllowed, whyNot } from '../permissions/capabilities';
import type { PlatformState } from './capabilities';
import type { InboxService } from './InboxService';
import { BulkRow, ReplayStore } from './ReplayStore';
import type { ReplayRunner } from './ReplayRunner';
import { FailureRow, PLATFORM_SOURCE } from './rows';
import { By, TriageStore } from './TriageStore';
import { refusal, sentence } from '../lib/sentences';

export interface ReplayServiceOptions {
  knex: Knex;
  inbox: InboxService;
  runner: Pick<ReplayRunner, 'sendNow' | 'wake' | 'publishStops'>;
  platform(): Promise<PlatformState>;
  now?(): number;
}

/** What people do to failures: replay, suppress and handle them. */
export class ReplayService {
  private readonly replays: ReplayStore;
  private readonly failures: TriageStore;

  constructor(private readonly options: ReplayServiceOptions) {
    this.replays = new ReplayStore(options.knex);
    this.failures = new TriageStore(options.knex);
  }

  /**
   * That the platform cannot be reached is no reason not to try: {@link replay} finds it out, so
   * that the audit trail says that it was tried and failed.
   *
   * @throws NotAllowedError; ConflictError if the state of the failure forbids the action, or a
   * second delivery is not confirmed
   */
  async assertMay(
    action: WebhookAction,
    failure: FailureRow,
    { confirmDelivered }: { confirmDelivered?: boolean },
    access: Access,
  ): Promise<void> {
    const may = await this.capability(action, failure, access);
    if (may.rule !== 'engine') assertAllowed(may);
    if (failure.state === 'delivered' && !confirmDelivered) {
      throw refusal(
        ConflictError,
        sentence('failure-delivered-at', {
          delivered: { at: iso(Number(failure.delivered_at)) },
        }),
      );
    }
  }

  /** @throws ConflictError; ServiceUnavailableError if the platform cannot be reached */
  async replay(
    failure: FailureRow,
    by: By,
    access: Access,
    conclude?: Conclude<string>,
  ): Promise<{ id: string }> {
    const may = await this.capability('replay', failure, access);
    if (may.rule === 'engine')
      throw refusal(ServiceUnavailableError, whyNot(may));
    const id = `rpl-${randomUUID()}`;
    const planned = await this.replays.planOne(
      failure,
      { id, forced: failure.state === 'delivered', now: this.now(), ...by },
      conclude,
    );
    if (!planned) {
      throw refusal(ConflictError, sentence('failure-waiting'));
    }
    if (failure.source === PLATFORM_SOURCE) {
      // the replay is stored: if this fails, the runner sends it in a moment
      await this.options.runner
        .sendNow([id])
        .catch(() => this.options.runner.wake());
    }
    return { id };
  }

  /** Suppresses a failure, or marks it as handled. @throws ConflictError */
  async triage(
    action: 'suppress' | 'handle',
    failure: FailureRow,
    by: By,
    access: Access,
    conclude?: Conclude<number>,
  ): Promise<void> {
    const target = await this.options.inbox.target(
      { action, selection: { ids: [failure.id] }, includeDelivered: false },
      access,
    );
    await this.failures.triage(target, by, 1, conclude);
  }

  /**
   * Acts on all failures that are selected.
   *
   * @throws ConflictError if they are not as many as expected
   */
  async bulk(
    request: Omit<BulkActionRequest, 'reason'>,
    by: By,
    access: Access,
    conclude?: Conclude<{ count: number; replay?: string }>,
  ): Promise<{ count: number; replay?: string }> {
    const target = await this.options.inbox.target(
      {
        action: request.action,
        selection: request.selection,
        includeDelivered:
          request.action === 'replay' && (request.includeDelivered ?? false),
      },
      access,
    );
    if (request.action !== 'replay') {
      const count = await this.failures.triage(
        target,
        by,
        request.expected,
        async (trx, taken) => conclude?.(trx, { count: taken }),
      );
      return { count };
    }
    const plannedOf = ({ id, total }: BulkRow) => ({
      count: total,
      replay: id,
    });
    const bulk = await this.replays.planBulk(
      target,
      {
        id: `blk-${randomUUID()}`,
        perEndpointPerSecond:
          request.perEndpointPerSecond ?? DEFAULT_REPLAYS_PER_SECOND,
        expected: request.expected,
        ...by,
      },
      async (trx, row) => conclude?.(trx, plannedOf(row)),
    );
    this.options.runner.wake();
    return plannedOf(bulk);
  }

  async list(
    active: boolean | undefined,
    access: Access,
  ): Promise<{ items: BulkReplay[] }> {
    const rows = await this.replays.list(active);
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

  /** @throws NotAllowedError unless the caller may replay for all tenants of the replay */
  async assertMayStop(id: string, access: Access): Promise<void> {
    if (await this.mayStop(id, access)) return;
    throw refusal(
      NotAllowedError,
      sentence('permission-missing-replay', {
        permission: webhookReplayPermission.name,
      }),
    );
  }

  /**
   * Sends nothing more, and asks the platform to leave what it has already.
   *
   * @throws ConflictError
   */
  async stop(
    replay: BulkReplay,
    access: Access,
    conclude?: Conclude<Pick<BulkReplay, 'status' | 'stopped'>>,
  ): Promise<BulkReplay> {
    const { id } = replay;
    if (!(await this.replays.stop(id, this.now(), conclude))) {
      throw refusal(ConflictError, sentence('replay-not-running'));
    }
    const { runner } = this.options;
    runner.wake();
    // the runner asks again should Redis be away
    await runner.publishStops().catch(() => {});
    return this.get(id, access);
  }

  private async capability(
    action: WebhookAction,
    failure: FailureRow,
    access: Access,
  ): Promise<Capability> {
    const { inbox, platform } = this.options;
    return inbox.may(action, failure, access, await platform());
  }

  private async bulkSeen(id: string, access: Access): Promise<BulkRow> {
    const row = await this.replays.get(id);
    if (!row || !(await this.sees(row, access))) {
      throw refusal(NotFoundError, sentence('replay-missing', { id }));
    }
    return row;
  }

  private async sees({ id }: BulkRow, access: Access): Promise<boolean> {
    const scope = await access.tenants(webhookReadPermission);
    if (scope.isEverything) return true;
    const tenants = await this.replays.tenantsOf(id);
    return tenants.length > 0 && tenants.every(tenant => scope.covers(tenant));
  }

  private async mayStop(id: string, access: Access): Promise<boolean> {
    const scope = await access.tenants(webhookReplayPermission);
    if (scope.isEverything) return true;
    const tenants = await this.replays.tenantsOf(id);
    return tenants.every(tenant => scope.covers(tenant));
  }

  private async toReplay(row: BulkRow, access: Access): Promise<BulkReplay> {
    const { createdAt, endedAt, claimed, neverSent, ...shown } = row;
    const now = this.now();
    const ended = row.delivered + row.failed + row.refused + row.stopped;
    const recent =
      endedAt === undefined
        ? await this.replays.endedSince(row.id, now - RATE_OVER_MS)
        : 0;
    return {
      ...shown,
      createdAt: iso(createdAt),
      endedAt: optionalIso(endedAt),
      ...progressOf(row, { ended, recent, now }),
      canStop: row.status === 'running' && (await this.mayStop(row.id, access)),
    };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}
