import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import { startLoop } from './loop';

/**
 * Takes or keeps the lease. KEYS[1] lease, ARGV[1] holder, ARGV[2] life in ms. Returns 1 if held.
 */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** Gives the lease up. KEYS[1] lease, ARGV[1] holder. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Decides which replica does the periodic work on Redis. The lease lives in Redis itself, since
 * without Redis there is nothing to do. It saves double work; it is no lock: whatever is done under
 * it must be harmless when two do it for a moment.
 */
export class Lease {
  private heldUntil = 0;
  private readonly holder = randomUUID();

  constructor(
    private readonly redis: OperationsRedis,
    private readonly logger: LoggerService,
    private readonly lifeMs: number,
  ) {}

  get held(): boolean {
    return Date.now() < this.heldUntil;
  }

  /**
   * Takes the lease whenever it is free and keeps it, until the signal aborts; then gives it up.
   */
  async start(signal: AbortSignal): Promise<void> {
    await startLoop({
      name: 'Keeping the lease',
      pauseMs: this.lifeMs / 3,
      signal,
      logger: this.logger,
      work: () => this.hold(),
    }).done;
    if (!this.held) return;
    this.heldUntil = 0;
    await this.redis
      .run(client =>
        client.eval(RELEASE, 1, this.redis.keys.portalLease, this.holder),
      )
      .catch(() => {}); // it ends by itself
  }

  private async hold() {
    // counted from before the question: the answer may be late, and the server's clock runs
    // meanwhile
    const asked = Date.now();
    const held = await this.redis.run(client =>
      client.eval(
        HOLD,
        1,
        this.redis.keys.portalLease,
        this.holder,
        this.lifeMs,
      ),
    );
    this.heldUntil = held === 1 ? asked + this.lifeMs : 0;
  }
}
