import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  executePipelined,
  type KeyCommand,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import type { QueueKeys } from './keys';

export interface QueueDepth {
  waiting: number;
  active: number;
  delayed: number;
  oldestWaitMs?: number;
}

/** Commands per pipeline: many enough to hide the round trip, few enough not to delay others. */
const CHUNK = 2000;

/**
 * Depth and age of queues, in three passes whatever their number: the counts, the oldest waiting
 * job of each queue that has one, and when that job was added. No command's cost grows with the
 * server's clients (as that of `CLIENT LIST`) or with the length of a queue.
 *
 * @throws ServiceUnavailableError when Redis is away; each chunk of commands has its own time limit
 */
export async function measureQueues(
  redis: Pick<OperationsRedis, 'execute'>,
  queues: QueueKeys[],
  now: number = Date.now(),
): Promise<QueueDepth[]> {
  const counts = (await inChunks(
    redis,
    queues.flatMap<KeyCommand>(keys => [
      ['llen', keys.wait],
      ['llen', keys.paused],
      ['zcard', keys.prioritized],
      ['llen', keys.active],
      ['zcard', keys.delayed],
    ]),
  )) as number[];
  const depths = queues.map<QueueDepth>((_, i) => {
    const [wait, paused, prioritized, active, delayed] = counts.slice(
      i * 5,
      i * 5 + 5,
    );
    return { waiting: wait + paused + prioritized, active, delayed };
  });

  const busy = queues.flatMap((keys, i) =>
    depths[i].waiting > 0 ? [{ keys, depth: depths[i] }] : [],
  );
  const firsts = (await inChunks(
    redis,
    busy.flatMap<KeyCommand>(({ keys }) => [
      ['lindex', keys.wait, -1],
      ['zrange', keys.prioritized, 0, 0],
    ]),
  )) as Array<string | null | string[]>;
  const oldest = busy.flatMap(({ keys, depth }, i) => {
    const [first] = firsts[i * 2 + 1] as string[];
    const id = (firsts[i * 2] as string | null) ?? first;
    return id ? [{ job: keys.job(id), depth }] : [];
  });
  const added = await inChunks(
    redis,
    oldest.map<KeyCommand>(({ job }) => ['hget', job, 'timestamp']),
  );
  oldest.forEach(({ depth }, i) => {
    depth.oldestWaitMs = Math.max(0, now - Number(added[i] ?? now));
  });
  return depths;
}

async function inChunks(
  redis: Pick<OperationsRedis, 'execute'>,
  commands: KeyCommand[],
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (let i = 0; i < commands.length; i += CHUNK) {
    const chunk = await redis.execute(client =>
      executePipelined(client, commands.slice(i, i + CHUNK)),
    );
    values.push(...chunk);
  }
  return values;
}
