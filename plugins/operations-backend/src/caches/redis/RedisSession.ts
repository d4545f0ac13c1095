import { createHash } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import {
  createRedisConnection,
  whileAvailable,
  whyAway,
  type RedisSettings,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import { endConnection } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import {
  isRedisAway,
  type CacheKeyFacts,
  type CacheNode,
  type CacheSession,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import { ServiceUnavailableError } from '@backstage/errors';
import { RedisNode } from './RedisNode';
import { refusal, sentence } from '../../lib/sentences';

/** Connections to one target: one for the work, one to feel from beside it how long others wait. */
export class RedisSession implements CacheSession {
  private readonly work: RedisClient;
  private readonly probe: RedisClient;
  private readonly timeoutMs: number;

  constructor(settings: RedisSettings, private readonly title: string) {
    const open = (name: string) =>
      createRedisConnection(settings, { purpose: 'commands', name });
    this.work = open('operations:purge');
    this.probe = open('operations:purge-probe');
    this.timeoutMs = settings.commandTimeoutMs;
  }

  nodes(): Promise<CacheNode[]> {
    return this.available(async () => {
      const pairs = this.pairs();
      const elsewhere = this.work instanceof Cluster ? this : undefined;
      const nodes = await Promise.all(
        pairs.map(async ({ work, probe }) => {
          const [id, epoch] = await identify(work, elsewhere !== undefined);
          return new RedisNode(id, epoch, work, probe, elsewhere);
        }),
      );
      return nodes.sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  async layout(): Promise<string> {
    if (!(this.work instanceof Cluster)) return 'single';
    const client = this.work;
    return this.available(async () => {
      const slots = (await client.cluster('SLOTS')) as unknown[][];
      const primaries = slots.map(([from, to, primary]) => [from, to, primary]);
      return createHash('sha256')
        .update(JSON.stringify(primaries.sort()))
        .digest('hex');
    });
  }

  async unlink(keys: Buffer[]): Promise<number> {
    return this.available(async () => sum(keys.map(k => this.work.unlink(k))));
  }

  async expireAt(keys: Buffer[], at: number[]): Promise<number> {
    return this.available(async () =>
      sum(keys.map((key, i) => this.work.pexpireat(key, at[i], 'LT'))),
    );
  }

  async exist(keys: Buffer[]): Promise<boolean[]> {
    return this.available(async () => {
      const found = await Promise.all(keys.map(k => this.work.exists(k)));
      return found.map(n => n === 1);
    });
  }

  async inspect(keys: Buffer[]): Promise<CacheKeyFacts[]> {
    return this.available(() =>
      Promise.all(
        keys.map(async key => {
          const [type, ttl, bytes] = await Promise.all([
            this.work.type(key),
            this.work.pttl(key),
            // a server's rules may forbid MEMORY: then the size is not known
            this.work
              .memory('USAGE', key as unknown as string)
              .catch((error: Error) => {
                if (isRedisAway(error)) throw error;
                return null;
              }),
          ]);
          return {
            key,
            type,
            bytes: bytes ?? undefined,
            ttlMs: ttl >= 0 ? ttl : undefined,
          };
        }),
      ),
    );
  }

  close(): void {
    endConnection(this.work);
    endConnection(this.probe);
  }

  private pairs(): Array<{ work: Redis; probe: Redis }> {
    if (!(this.work instanceof Cluster) || !(this.probe instanceof Cluster)) {
      return [{ work: this.work as Redis, probe: this.probe as Redis }];
    }
    const probes = new Map(
      this.probe.nodes('master').map(node => [address(node), node]),
    );
    return this.work.nodes('master').map(work => ({
      work,
      probe: probes.get(address(work)) ?? work,
    }));
  }

  private async available<T>(action: () => Promise<T>): Promise<T> {
    try {
      // the probe is opened with the work: both are needed before anything is begun
      await whileAvailable(this.probe, async () => {}, this.timeoutMs);
      return await whileAvailable(this.work, action, 10 * this.timeoutMs);
    } catch (error) {
      if (error instanceof ServiceUnavailableError || isRedisAway(error)) {
        const cause =
          error instanceof ServiceUnavailableError ? error.cause : error;
        throw refusal(
          ServiceUnavailableError,
          sentence('cache-says', { cache: this.title, why: whyAway(cause) }),
        );
      }
      throw error;
    }
  }
}

function address(node: Redis): string {
  return `${node.options.host}:${node.options.port}`;
}

/** Which server this is, and since when. Where its rules forbid to ask, its address must do. */
async function identify(
  node: Redis,
  inCluster: boolean,
): Promise<[string, string]> {
  const unlessForbidden = (error: Error) => {
    if (isRedisAway(error)) throw error;
    return '';
  };
  const [name, server] = await Promise.all([
    inCluster
      ? (node.cluster('MYID') as Promise<string>).catch(unlessForbidden)
      : 'primary',
    node.info('server').catch(unlessForbidden),
  ]);
  return [name || address(node), /^run_id:(\w+)/m.exec(server)?.[1] ?? ''];
}

async function sum(replies: Array<Promise<number>>): Promise<number> {
  return (await Promise.all(replies)).reduce((a, b) => a + b, 0);
}
