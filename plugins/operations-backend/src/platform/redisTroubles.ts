import type {
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import type { RedisTrouble } from '../jobs/ports';
import { HOUR_MS } from '../lib/time';
import { sentence } from '../lib/sentences';

/** The key that is written to try whether Redis takes anything; nobody reads it. */
const PROBE_LIFE_MS = 10_000;
/** That keys were evicted is shown for so long after the last of them. */
const EVICTED_SHOWN_MS = HOUR_MS;
/** Slow is what took longer than this at every one of the last looks. */
const SLOW_MS = 100;
const LOOKS = 5;

/** By the error with which Redis refuses what is written. */
const REFUSALS: Record<
  string,
  'redis-full' | 'redis-read-only' | 'redis-unsaved' | 'redis-too-few-replicas'
> = {
  OOM: 'redis-full',
  READONLY: 'redis-read-only',
  MISCONF: 'redis-unsaved',
  NOREPLICAS: 'redis-too-few-replicas',
};

/** What a server says of itself. */
interface ServerFacts {
  policy?: string;
  evicted: number;
}

/**
 * Finds out what is wrong with a Redis that answers: whether it takes what is written, by writing;
 * whether it throws keys away, by what it says of itself; and whether it is slow.
 */
export class RedisTroubles {
  current: readonly RedisTrouble[] = [];
  private evicted: number | undefined;
  private evictedNow = 0;
  private evictedAt = -Infinity;
  private readonly durations: number[] = [];

  constructor(
    private readonly redis: OperationsRedis,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws ServiceUnavailableError when Redis is away: then nothing is known of it */
  async look(): Promise<void> {
    try {
      const refused = await this.probe();
      const servers = await this.redis.execute(serverFacts);
      this.noteEvicted(servers);
      this.current = [
        refused,
        this.evicting(),
        policyTrouble(servers),
        this.slow(),
      ].flatMap(trouble => trouble ?? []);
    } catch (error) {
      this.current = [];
      this.durations.length = 0;
      throw error;
    }
  }

  private async probe(): Promise<RedisTrouble | undefined> {
    const key = `${this.redis.keys.portalLease}:probe`;
    return this.redis.execute(async client => {
      const began = performance.now();
      const refusal = await client.set(key, '1', 'PX', PROBE_LIFE_MS).then(
        () => undefined,
        (error: Error) => {
          const known = REFUSALS[error.message.split(' ')[0]];
          if (!known) throw error;
          return {
            kind: known,
            text: sentence(known),
            advice: sentence(`${known}-advice`),
            severity: 'critical',
            blocks: true,
          } as const;
        },
      );
      this.durations.push(performance.now() - began);
      if (this.durations.length > LOOKS) this.durations.shift();
      return refusal;
    });
  }

  private noteEvicted(servers: ServerFacts[]) {
    const evicted = servers.reduce((sum, server) => sum + server.evicted, 0);
    // fewer: the server was started anew
    const more = evicted - Math.min(this.evicted ?? 0, evicted);
    this.evicted = evicted;
    if (more === 0) return;
    const isOver = this.now() - this.evictedAt > EVICTED_SHOWN_MS;
    this.evictedNow = (isOver ? 0 : this.evictedNow) + more;
    this.evictedAt = this.now();
  }

  private evicting(): RedisTrouble | undefined {
    if (this.now() - this.evictedAt > EVICTED_SHOWN_MS) return undefined;
    return {
      kind: 'redis-evicting',
      text: sentence('redis-evicting', { keys: this.evictedNow }),
      advice: sentence('redis-evicting-advice'),
      severity: 'critical',
      blocks: false,
    };
  }

  private slow(): RedisTrouble | undefined {
    const fastest = Math.min(...this.durations);
    if (this.durations.length < LOOKS || fastest < SLOW_MS) return undefined;
    return {
      kind: 'redis-slow',
      text: sentence('redis-slow', { duration: Math.round(fastest) }),
      advice: sentence('redis-slow-advice'),
      severity: 'high',
      blocks: false,
    };
  }
}

function policyTrouble(servers: ServerFacts[]): RedisTrouble | undefined {
  const policy = servers
    .map(server => server.policy)
    .find(name => name !== undefined && name !== 'noeviction');
  if (policy === undefined) return undefined;
  return {
    kind: 'redis-eviction-policy',
    text: sentence('redis-eviction-policy', { policy }),
    advice: sentence('redis-eviction-policy-advice'),
    severity: 'high',
    blocks: false,
  };
}

/** Of each server that takes writes; nothing where the portal may not ask. */
async function serverFacts(client: RedisClient): Promise<ServerFacts[]> {
  const servers = 'nodes' in client ? client.nodes('master') : [client];
  const facts = await Promise.all(
    servers.map(async server => {
      try {
        const memory = await server.info('memory');
        const stats = await server.info('stats');
        const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
        const evicted = /^evicted_keys:(\d+)/m.exec(stats)?.[1];
        return { policy, evicted: Number(evicted ?? 0) };
      } catch (error) {
        if (/NOPERM/.test(String(error))) return undefined;
        throw error;
      }
    }),
  );
  return facts.flatMap(each => each ?? []);
}
