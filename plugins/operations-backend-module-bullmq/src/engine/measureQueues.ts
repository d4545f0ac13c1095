import type { RedisClient } from '@craft-easy/backstage-plugin-operations-node';
import type { QueueKeys } from './queueKeys';

export interface QueueDepth {
  waiting: number;
  active: number;
  delayed: number;
  oldestWaitMs?: number;
}

type Command = [name: string, ...args: Array<string | number>];

/** Commands sent in one go: enough to hide the round trip, few enough not to hold up the server's other clients. */
const CHUNK = 2000;

/**
 * Depth and age of queues, in two passes whatever their number: the counts, and then the time at which the oldest waiting job of those that have one was
 * added. Nothing is asked whose cost grows with the server's clients (`CLIENT LIST`) or a queue's length.
 */
export async function measureQueues(
  client: RedisClient,
  queues: QueueKeys[],
  now: number = Date.now(),
): Promise<QueueDepth[]> {
  const counts = await inChunks(
    client,
    queues.flatMap<Command>(keys => [
      ['llen', keys.wait],
      ['llen', keys.paused],
      ['zcard', keys.prioritized],
      ['llen', keys.active],
      ['zcard', keys.delayed],
      // jobs are pushed on the left and taken from the right
      ['lindex', keys.wait, -1],
      ['zrange', keys.prioritized, 0, 0],
    ]),
  );
  const depths = queues.map((keys, i) => {
    const [wait, paused, prioritized, active, delayed, oldest, first] =
      counts.slice(i * 7, i * 7 + 7) as [
        ...[number, number, number, number, number],
        string | null,
        string[],
      ];
    const id = oldest ?? first[0];
    return {
      depth: { waiting: wait + paused + prioritized, active, delayed },
      oldest: id && keys.job(id),
    };
  });

  const withOldest = depths.filter(({ oldest }) => oldest);
  const added = await inChunks(
    client,
    withOldest.map<Command>(({ oldest }) => ['hget', oldest!, 'timestamp']),
  );
  const ages = new Map(
    withOldest.map(({ depth }, i) => [depth, now - Number(added[i] ?? now)]),
  );
  return depths.map(({ depth }) => {
    const age = ages.get(depth);
    return age === undefined
      ? depth
      : { ...depth, oldestWaitMs: Math.max(0, age) };
  });
}

async function inChunks(
  client: RedisClient,
  commands: Command[],
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (let i = 0; i < commands.length; i += CHUNK) {
    const answers = await client.pipeline(commands.slice(i, i + CHUNK)).exec();
    for (const [error, value] of answers!) {
      if (error) throw error;
      values.push(value);
    }
  }
  return values;
}
