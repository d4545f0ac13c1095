import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
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
 * Depth and age of queues, in three passes whatever their number: the counts; of queues with waiting jobs the oldest; and when it was added. Nothing is
 * asked whose cost grows with the server's clients (`CLIENT LIST`) or a queue's length.
 *
 * @throws ServiceUnavailableError when Redis is away; each chunk has the whole patience of a command, since ten thousand queues take longer than one
 */
export async function measureQueues(
  redis: Pick<OperationsRedis, 'run'>,
  queues: QueueKeys[],
  now: number = Date.now(),
): Promise<QueueDepth[]> {
  const counts = (await inChunks(
    redis,
    queues.flatMap<Command>(keys => [
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
    busy.flatMap<Command>(({ keys }) => [
      // jobs are pushed on the left and taken from the right
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
    oldest.map<Command>(({ job }) => ['hget', job, 'timestamp']),
  );
  oldest.forEach(({ depth }, i) => {
    depth.oldestWaitMs = Math.max(0, now - Number(added[i] ?? now));
  });
  return depths;
}

async function inChunks(
  redis: Pick<OperationsRedis, 'run'>,
  commands: Command[],
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (let i = 0; i < commands.length; i += CHUNK) {
    const chunk = await redis.run(async client => {
      const answers = await client
        .pipeline(commands.slice(i, i + CHUNK))
        .exec();
      return answers!.map(([error, value]) => {
        if (error) throw error;
        return value;
      });
    });
    values.push(...chunk);
  }
  return values;
}
