import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import { startLoop } from './loop';

/**
 * Takes or keeps the lease. KEYS[1] lease, ARGV[1] holder, ARGV[2] life in ms. Returns 0 if another
 * one has it, 1 if it was kept, 2 if it was free and is taken.
 */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return holder and 1 or 2`;

/** Gives the lease up. KEYS[1] lease, ARGV[1] holder. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Decides which replica does periodic work on Redis. The lease lives in Redis itself, since without
 * Redis there is nothing to do. It saves double work and is no lock: work under it must do no harm
 * when two replicas do it for a moment.
 */
export class Lease {
  private heldUntil = 0;
  private readonly holder = randomUUID();

  private readonly key: string;

  constructor(
    private readonly options: {
      redis: OperationsRedis;
      logger: LoggerService;
      /** names a lease of its own, which another replica may hold than the platform's lease */
      name?: string;
      lifeMs: number;
      /**
       * Called when the lease was free and is taken: nobody held it for a while, or Redis was
       * emptied.
       */
      onTaken?(): void;
    },
  ) {
    const { redis, name } = options;
    this.key = [redis.keys.portalLease, ...(name ? [name] : [])].join(':');
  }

  get held(): boolean {
    return Date.now() < this.heldUntil;
  }

  /**
   * Takes the lease whenever it is free and keeps it, until the signal aborts; then gives it up.
   */
  async start(signal: AbortSignal): Promise<void> {
    await startLoop({
      name: 'Keeping the lease',
      pauseMs: this.options.lifeMs / 3,
      signal,
      logger: this.options.logger,
      work: () => this.hold(),
    }).done;
    if (!this.held) return;
    this.heldUntil = 0;
    await this.options.redis
      .execute(client => client.eval(RELEASE, 1, this.key, this.holder))
      .catch(() => {}); // it ends by itself
  }

  private async hold() {
    // counted from before the request: the answer may be late
    const asked = Date.now();
    const held = await this.options.redis.execute(client =>
      client.eval(HOLD, 1, this.key, this.holder, this.options.lifeMs),
    );
    this.heldUntil = held === 0 ? 0 : asked + this.options.lifeMs;
    if (held === 2) this.options.onTaken?.();
  }
}
