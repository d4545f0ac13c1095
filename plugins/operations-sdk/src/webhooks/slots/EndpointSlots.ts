import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { executeScript } from '../../redis/script';
import { leaseSlots, renewSlots } from './scripts';

interface Endpoint {
  key: string;
  leased: number;
  inUse: number;
  waiting: Array<(granted: boolean) => void>;
  asking: boolean;
  lastUsedAt: number;
}

const LEASE_MS = 15_000;
const IDLE_MS = 1_000;

/**
 * Concurrency slots of endpoints over all dispatchers: no endpoint gets more deliveries at once
 * than its cap, however many processes there are. A process leases slots when it needs more and
 * keeps them while it is busy, so that a delivery costs no command of its own.
 */
export class EndpointSlots {
  private readonly endpoints = new Map<string, Endpoint>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly redis: RedisClient,
    private readonly owner: string,
    private readonly onError: (error: Error) => void,
    private readonly leaseMs = LEASE_MS,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.maintain().catch(this.onError);
    }, Math.min(IDLE_MS, this.leaseMs / 3));
    this.timer.unref();
  }

  /**
   * Takes a slot, waiting for one in line if few wait already.
   * @returns false where all are taken and enough wait: come back later
   */
  async take(key: string, cap: number): Promise<boolean> {
    const endpoint = this.endpointOf(key);
    endpoint.lastUsedAt = Date.now();
    if (endpoint.inUse < Math.min(endpoint.leased, cap)) {
      endpoint.inUse += 1;
      return true;
    }
    if (endpoint.waiting.length >= cap) return false;
    const turn = new Promise<boolean>(resolve => {
      endpoint.waiting.push(resolve);
    });
    this.lease(endpoint, cap).catch(error => {
      this.onError(error);
      this.refuse(endpoint);
    });
    return turn;
  }

  /** Gives a slot back; whoever waits gets it. */
  release(key: string, cap: number): void {
    const endpoint = this.endpointOf(key);
    endpoint.inUse -= 1;
    endpoint.lastUsedAt = Date.now();
    this.serve(endpoint, cap);
    if (endpoint.inUse === 0 && endpoint.leased === 0) this.refuse(endpoint);
  }

  /** Gives back everything that is leased. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(
      [...this.endpoints.values()].map(async endpoint => {
        this.refuse(endpoint);
        if (endpoint.leased > 0) await this.renew(endpoint, 0);
      }),
    );
  }

  private endpointOf(key: string): Endpoint {
    let endpoint = this.endpoints.get(key);
    if (!endpoint) {
      endpoint = {
        key,
        leased: 0,
        inUse: 0,
        waiting: [],
        asking: false,
        lastUsedAt: 0,
      };
      this.endpoints.set(key, endpoint);
    }
    return endpoint;
  }

  /** Leases for those who wait, until they are served or there is no more to be had. */
  private async lease(endpoint: Endpoint, cap: number): Promise<void> {
    if (endpoint.asking) return;
    endpoint.asking = true;
    try {
      for (;;) {
        const wanted = Math.min(
          endpoint.waiting.length,
          Math.max(0, cap - endpoint.leased),
        );
        if (wanted === 0) break;
        const granted = Number(
          await executeScript(
            this.redis,
            leaseSlots,
            [endpoint.key],
            [this.owner, endpoint.leased, wanted, cap, this.leaseMs],
          ),
        );
        endpoint.leased += granted;
        this.serve(endpoint, cap);
        if (granted < wanted) break;
      }
    } finally {
      endpoint.asking = false;
    }
    this.serve(endpoint, cap);
    // Nothing of ours is under way that would wake who waits.
    if (endpoint.inUse === 0) this.refuse(endpoint);
  }

  private serve(endpoint: Endpoint, cap: number): void {
    while (
      endpoint.waiting.length > 0 &&
      endpoint.inUse < Math.min(endpoint.leased, cap)
    ) {
      endpoint.inUse += 1;
      endpoint.waiting.shift()!(true);
    }
  }

  private refuse(endpoint: Endpoint): void {
    for (const turn of endpoint.waiting.splice(0)) turn(false);
  }

  /** Prolongs what is used, gives back what has been idle, forgets what has been quiet. */
  private async maintain(): Promise<void> {
    const now = Date.now();
    const tasks: Array<Promise<void>> = [];
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.asking) continue;
      if (endpoint.leased === 0) {
        if (endpoint.inUse === 0 && now - endpoint.lastUsedAt > 60_000) {
          this.endpoints.delete(endpoint.key);
        }
        continue;
      }
      const idle = now - endpoint.lastUsedAt > IDLE_MS;
      tasks.push(this.renew(endpoint, idle ? endpoint.inUse : endpoint.leased));
    }
    await Promise.all(tasks);
  }

  private async renew(endpoint: Endpoint, keep: number): Promise<void> {
    endpoint.asking = true;
    const held = endpoint.leased;
    endpoint.leased = keep;
    try {
      const kept = await executeScript(
        this.redis,
        renewSlots,
        [endpoint.key],
        [this.owner, held, keep, this.leaseMs],
      );
      endpoint.leased = Number(kept);
    } finally {
      endpoint.asking = false;
    }
    // Who came meanwhile found nobody to ask.
    if (endpoint.waiting.length > 0) {
      await this.lease(endpoint, Math.max(1, endpoint.waiting.length));
    }
  }
}
