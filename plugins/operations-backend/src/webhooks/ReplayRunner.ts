import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  WEBHOOK_REPLAY_FIELD,
  WEBHOOK_REPLAY_STOP_TTL_MS,
  WebhookReplayCommandInput,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { onPossibleLoss } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { webhookReplayPermission } from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import { LanePace } from '../bulk/LanePace';
import type { AskedBy } from '../lib/caller';
import { iso } from '../lib/time';
import { Lease } from '../platform/lease';
import { startLoop, type Loop } from '../platform/loop';
import type { RequestSigner } from '../platform/requests/RequestSigner';
import { HandbackStore } from './HandbackStore';
import { Claimed, EndpointKey, ReplayQueue } from './ReplayQueue';
import { PLATFORM_SOURCE } from './rows';

/** How often the pace is looked at. */
const TICK_MS = 100;
/** Replays handed over in one tick, over all endpoints. */
const MOST_PER_TICK = 1_000;
const LOOK_FOR_ENDPOINTS_MS = 1_000;
const LEASE_MS = 5_000;
/** A replay that is claimed but not handed over after this time: its replica died in between. */
const SENDING_OVERDUE_MS = 5_000;
/** A replay without an outcome after this time is sent again, under the same command id. */
const SENT_OVERDUE_MS = 10 * 60_000;
/** Entries to which the commands' stream may grow; dispatchers delete what they took. */
const STREAM_MAX_LENGTH = 1_000_000;

/**
 * Hands replays to the platform: each endpoint at its pace, by one replica at a time.
 *
 * A replay is a row from the moment it is asked for: `pending`, then `sending` when it is claimed,
 * then `sent` when the platform's stream has it. The platform reports how it ended. Each of these
 * steps may be cut off by a crash, and none may send a webhook twice:
 *
 * - A claim is one transaction over the rows, so that of several replicas one gets a replay, and
 *   none gets one whose failure somebody has dealt with meanwhile.
 * - A command carries the id of its replay. The platform executes an id once, so a replay whose
 *   sending or outcome is overdue is sent again without harm. So are all that are under way, once,
 *   where Redis may have lost them: its connection was broken, which a fail-over does, or it has
 *   lost the lease, as when it is emptied.
 *
 * The pace is per endpoint, since a receiver that has just recovered is easily overloaded
 * ({@link LanePace}). Ten times a second the replica that holds the lease gives each endpoint
 * the tokens that its bulk replay allows, and takes as many replays as there are tokens, up to what
 * may be under way for the endpoint. The oldest failures go first. A replay of a single failure has
 * no pace: any replica sends it at once.
 *
 * To stop a bulk replay, its waiting rows end in the database, and a key in Redis asks the
 * dispatchers to leave what they have already.
 */
export class ReplayRunner {
  private readonly queue: ReplayQueue;
  private readonly handbacks: HandbackStore;
  private readonly lease: Lease;
  private readonly pace: LanePace;
  private readonly stopping = new AbortController();
  private leasing?: Promise<void>;
  private loop?: Loop;
  private caretaking?: Loop;
  private lookedForEndpointsAt = 0;
  private endpoints: EndpointKey[] = [];
  /** When Redis may have lost what it had, last; epoch ms. */
  private lossAt = 0;
  private stopsArePublished = true;
  private unwatch?: () => void;

  constructor(
    private readonly options: {
      knex: Knex;
      redis: OperationsRedis;
      logger: LoggerService;
      signer: Pick<RequestSigner, 'replay' | 'replayStop'>;
      /** something was handed over or stopped */
      onChange(): void;
    },
  ) {
    this.queue = new ReplayQueue(options.knex);
    this.handbacks = new HandbackStore(options.knex);
    this.lease = new Lease({
      ...options,
      name: 'replays',
      lifeMs: LEASE_MS,
      onTaken: this.assumeLoss,
    });
    this.pace = new LanePace();
  }

  start(): void {
    const { logger, redis } = this.options;
    const { signal } = this.stopping;
    this.unwatch = onPossibleLoss(redis.client, this.assumeLoss);
    this.leasing = this.lease.start(signal);
    this.loop = startLoop({
      name: 'Handing replays to the platform',
      pauseMs: TICK_MS,
      signal,
      logger,
      work: async () => {
        if (this.lease.held) await this.tick();
      },
    });
    this.caretaking = startLoop({
      name: 'Looking after replays under way',
      pauseMs: 1_000,
      signal,
      logger,
      work: async () => {
        if (!this.stopsArePublished) {
          // a replay that is sent again must not escape its stop
          await this.queue.markStopsUnpublished();
          this.stopsArePublished = true;
        }
        await this.publishStops();
        if (this.lease.held) await this.careForOverdue();
      },
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.unwatch?.();
    await Promise.all([this.loop?.done, this.caretaking?.done, this.leasing]);
  }

  /** Something new waits, or what waited was stopped. */
  wake(): void {
    this.lookedForEndpointsAt = 0;
    this.pace.dropWaiting();
    this.loop?.wake();
  }

  /** Asks the platform to send nothing more of stopped bulk replays. */
  async publishStops(): Promise<void> {
    const { redis, signer } = this.options;
    for (const id of await this.queue.unpublishedStops()) {
      await redis.execute(client =>
        client.set(
          redis.keys.webhookReplayStop(id),
          // the audit trail says who stopped it; any replica passes it on
          signer.replayStop(id, by('service:operations')),
          'PX',
          WEBHOOK_REPLAY_STOP_TTL_MS,
        ),
      );
      await this.queue.markStopPublished(id);
    }
  }

  private readonly assumeLoss = () => {
    this.lossAt = Date.now();
    this.stopsArePublished = false;
  };

  private async tick(): Promise<void> {
    const now = Date.now();
    const alone = await this.queue.waitingAlone(MOST_PER_TICK);
    if (alone.length > 0) await this.sendNow(alone);
    if (now - this.lookedForEndpointsAt >= LOOK_FOR_ENDPOINTS_MS) {
      this.lookedForEndpointsAt = now;
      this.endpoints = await this.queue.waitingEndpoints();
      this.pace.keepOnly(this.endpoints.map(laneOf));
    }
    if (this.endpoints.length === 0) return;
    const underWay = await this.queue.underWay();
    const ids: string[] = [];
    for (const endpoint of this.endpoints) {
      const room = MOST_PER_TICK - ids.length;
      if (room <= 0) break;
      const name = `${endpoint.tenant}/${endpoint.endpoint}`;
      ids.push(
        ...(await this.pace.take(
          laneOf(endpoint),
          { now, underWay: underWay.get(name) ?? 0, most: room },
          limit => this.queue.next(endpoint, limit),
        )),
      );
    }
    // the first endpoint moves to the end, so that each is first in turn
    this.endpoints.push(...this.endpoints.splice(0, ids.length ? 1 : 0));
    await this.sendNow(ids);
  }

  /** Hands replays over at once, from any replica: each is claimed, and so sent by one. */
  async sendNow(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    // Redis first: what cannot be handed over is not claimed
    await this.options.redis.execute(client => client.ping());
    const claimed = await this.queue.claim(ids, Date.now());
    // what is missing was stopped, or dealt with: more of it may have been read ahead
    if (claimed.length < ids.length) this.pace.dropWaiting();
    if (claimed.length === 0) return;
    await this.publish(claimed);
    await this.queue.markSent(claimed.map(replay => replay.id));
    this.options.onChange();
  }

  private async publish(replays: Claimed[]): Promise<void> {
    const { redis, signer } = this.options;
    await redis.execute(async client => {
      await Promise.all(
        replays.map(replay =>
          client.xadd(
            redis.keys.webhookReplays,
            'MAXLEN',
            '~',
            STREAM_MAX_LENGTH,
            '*',
            WEBHOOK_REPLAY_FIELD,
            JSON.stringify(
              signer.replay(toCommand(replay), by(replay.requested_by)),
            ),
          ),
        ),
      );
    });
  }

  private async careForOverdue(): Promise<void> {
    const now = Date.now();
    const overdue = await this.queue.overdue({
      sending: now - SENDING_OVERDUE_MS,
      sent: Math.max(now - SENT_OVERDUE_MS, this.lossAt),
    });
    if (overdue.length > 0) {
      await this.publish(overdue);
      await this.queue.markResent(
        overdue.map(replay => replay.id),
        now,
      );
    }
    const back = await this.handbacks.takeBack(PLATFORM_SOURCE, now);
    if (back > 0) this.options.onChange();
  }
}

function laneOf({ source, tenant, endpoint }: EndpointKey): string {
  return JSON.stringify([source, tenant, endpoint]);
}

function by(actor: string): AskedBy {
  return { actor, permission: webhookReplayPermission.name };
}

function toCommand(replay: Claimed): WebhookReplayCommandInput {
  return {
    v: 1,
    commandId: replay.id,
    bulkId: replay.bulk_id ?? undefined,
    tenant: replay.tenant,
    endpoint: replay.endpoint,
    webhookId: replay.webhook_id,
    force: replay.forced,
    requestedBy: replay.requested_by,
    reason: replay.reason ?? replay.bulk_reason ?? undefined,
    requestedAt: iso(replay.created_at),
  };
}
