import type { Redis } from 'ioredis';
import type { CacheNode } from '@craft-easy/backstage-plugin-operations-node';

/** A command that a server of a cluster sends elsewhere. */
const REDIRECTED = /^(MOVED|ASK|TRYAGAIN|CROSSSLOT)\b/;

/** How a server removes keys that have moved to another one. */
export interface Elsewhere {
  unlink(keys: Buffer[]): Promise<number>;
  expireAt(keys: Buffer[], at: number[]): Promise<number>;
}

/**
 * A primary, reached directly. `elsewhere` is given in a cluster only, where each key is named in a
 * command of its own.
 */
export class RedisNode implements CacheNode {
  constructor(
    readonly id: string,
    readonly epoch: string,
    private readonly work: Redis,
    private readonly probe: Redis,
    private readonly elsewhere?: Elsewhere,
  ) {}

  size(): Promise<number> {
    return this.work.dbsize();
  }

  async usedBytes(): Promise<number> {
    const memory = await this.work.info('memory');
    return Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0);
  }

  async scan(cursor: string, pattern: string, count: number) {
    const [next, keys] = await this.work.scanBuffer(
      cursor,
      'MATCH',
      pattern,
      'COUNT',
      count,
    );
    return { cursor: next.toString(), keys };
  }

  async unlink(keys: Buffer[]): Promise<number> {
    if (keys.length === 0) return 0;
    if (!this.elsewhere) return this.work.unlink(...keys);
    const pipeline = this.work.pipeline();
    for (const key of keys) pipeline.unlink(key);
    const { sum, moved } = tally(await pipeline.exec());
    if (moved.length === 0) return sum;
    return sum + (await this.elsewhere.unlink(moved.map(i => keys[i])));
  }

  async expireAt(keys: Buffer[], at: number[]): Promise<number> {
    if (keys.length === 0) return 0;
    const pipeline = this.work.pipeline();
    keys.forEach((key, i) => pipeline.pexpireat(key, at[i], 'LT'));
    const { sum, moved } = tally(await pipeline.exec());
    if (moved.length === 0 || !this.elsewhere) return sum;
    return (
      sum +
      (await this.elsewhere.expireAt(
        moved.map(i => keys[i]),
        moved.map(i => at[i]),
      ))
    );
  }

  ping(): Promise<unknown> {
    return this.probe.ping();
  }
}

/** Adds up integer replies, and returns the indexes of redirected ones. @throws any other error */
function tally(replies: Array<[Error | null, unknown]> | null): {
  sum: number;
  moved: number[];
} {
  let sum = 0;
  const moved: number[] = [];
  (replies ?? []).forEach(([error, reply], i) => {
    if (!error) sum += Number(reply);
    else if (REDIRECTED.test(error.message)) moved.push(i);
    else throw error;
  });
  return { sum, moved };
}
