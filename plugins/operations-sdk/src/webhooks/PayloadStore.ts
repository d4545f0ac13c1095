import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { ChainableCommander } from 'ioredis';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { DeliveryJob, DeliveryKey, deliveryId } from './delivery';

/** A failed delivery, kept so that its replay is the same bytes. */
export interface KeptDelivery {
  eventType: string;
  contentType: string;
  body: string;
  createdAt: number;
  /** number of the last attempt */
  attempts: number;
  /** ISO time of a replay's success */
  deliveredAt?: string;
}

/** Keeps the bytes of failed deliveries in the platform's Redis, for a time. */
export class PayloadStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: ProtocolKeys,
    readonly keepMs: number,
  ) {}

  private key(delivery: DeliveryKey): string {
    return this.keys.webhookPayload(deliveryId(delivery));
  }

  /** Adds the keeping of a delivery to a transaction. */
  keep(
    transaction: ChainableCommander,
    job: DeliveryJob,
    attempts: number,
  ): void {
    const key = this.key(job);
    transaction.hset(key, {
      eventType: job.eventType,
      contentType: job.contentType,
      body: job.body,
      createdAt: job.createdAt,
      attempts,
    });
    transaction.pexpire(key, this.keepMs);
  }

  /** Adds what a replay changed to a transaction. */
  note(
    transaction: ChainableCommander,
    delivery: DeliveryKey,
    change: { attempts: number; deliveredAt?: string },
  ): void {
    const key = this.key(delivery);
    transaction.hset(key, {
      attempts: change.attempts,
      ...(change.deliveredAt && { deliveredAt: change.deliveredAt }),
    });
    // also ends what it would otherwise bring back for ever, had it run out meanwhile
    transaction.pexpire(key, this.keepMs);
  }

  async read(delivery: DeliveryKey): Promise<KeptDelivery | undefined> {
    const found = await this.redis.hgetall(this.key(delivery));
    if (found.body === undefined) return undefined;
    return {
      eventType: found.eventType,
      contentType: found.contentType,
      body: found.body,
      createdAt: Number(found.createdAt),
      attempts: Number(found.attempts),
      deliveredAt: found.deliveredAt,
    };
  }
}
