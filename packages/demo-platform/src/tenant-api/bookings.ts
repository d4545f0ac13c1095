import type { Redis } from 'ioredis';
import type { Maintenance } from '@craft-easy/operations-sdk/maintenance';

/** A booking of a tenant's customer. */
export interface Booking {
  at: string;
  what: string;
}

const KEPT = 500;
const keyOf = (tenant: string) => `demo:bookings:${tenant}`;

/**
 * The tenants' data, and the last check of maintenance before a write, whatever let the request
 * come so far.
 */
export class Bookings {
  constructor(
    private readonly redis: Redis,
    private readonly maintenance: Maintenance,
  ) {}

  /** @throws MaintenanceError while the tenant may not be written to */
  async add(tenant: string, what: string): Promise<void> {
    const booking: Booking = { at: new Date().toISOString(), what };
    this.maintenance.assertWritable(tenant);
    await this.redis
      .multi()
      .lpush(keyOf(tenant), JSON.stringify(booking))
      .ltrim(keyOf(tenant), 0, KEPT - 1)
      .exec();
  }

  async latest(tenant: string, count: number): Promise<Booking[]> {
    const texts = await this.redis.lrange(keyOf(tenant), 0, count - 1);
    return texts.map(text => JSON.parse(text));
  }
}
