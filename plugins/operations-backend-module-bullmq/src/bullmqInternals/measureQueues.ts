import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  executePipelined,
  type KeyCommand,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import {
  MAX_EVENTS_READ,
  needsMoves,
  readMoves,
  waitingSince,
  type WaitFacts,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { delayOf, slotOf } from './jobHash';
import type { QueueKeys } from './keys';

export interface QueueDepth {
  /** jobs that a worker could take */
  waiting: number;
  active: number;
  /** jobs that are not due yet */
  delayed: number;
  /** for how long the longest of those that wait could have been taken */
  oldestWaitMs?: number;
  /** no worker takes anything until the queue is resumed */
  paused?: true;
  /** most jobs that all workers together may have */
  concurrency?: number;
  /** most jobs that all workers together may take in a time */
  rateLimit?: { max: number; durationMs: number };
}

/** Commands per pipeline: many enough to hide the round trip, few enough not to delay others. */
const CHUNK = 2000;

/** Bits of a score in `delayed` that only order jobs of one millisecond. */
const DELAYED_FACTOR = 0x1000;
/** Scores of one priority in `prioritized` are this far from those of the next. */
const PRIORITY_FACTOR = 0x100000000;
/** Different priorities of one queue that are looked at. */
const MAX_PRIORITIES = 50;
/** Queues whose events are read, of those whose oldest job's hash does not say enough. */
const MAX_EVENTS_LOOKED = 100;
const COUNTS = 7;

/** A job that may be the one of its queue that waits longest. */
interface Candidate {
  queue: number;
  id: string;
}

/**
 * Depth and age of queues, in few passes whatever their number: the counts; of each queue in which
 * something waits the jobs at both ends of its list, and the first of each priority; and since when
 * each of those could have been taken. A delayed job that is due waits like any other, though
 * BullMQ moves it only when a worker has time. No command's cost grows with the server's clients
 * (as that of `CLIENT LIST`) or with the length of a queue.
 *
 * @throws ServiceUnavailableError when Redis is away; each chunk of commands has its own time limit
 */
export async function measureQueues(
  redis: Pick<OperationsRedis, 'execute'>,
  queues: QueueKeys[],
  now: number = Date.now(),
): Promise<QueueDepth[]> {
  const dueUpTo = (now + 1) * DELAYED_FACTOR - 1;
  const counts = (await inChunks(
    redis,
    queues.flatMap<KeyCommand>(keys => [
      ['llen', keys.wait],
      ['llen', keys.paused],
      ['zcard', keys.prioritized],
      ['llen', keys.active],
      ['zcard', keys.delayed],
      ['zcount', keys.delayed, '-inf', dueUpTo],
      ['hmget', keys.meta, 'paused', 'concurrency', 'max', 'duration'],
    ]),
  )) as Array<number | Settings>;
  const depths = queues.map<QueueDepth>((_, i) => {
    const of = counts.slice(i * COUNTS, (i + 1) * COUNTS);
    const [wait, paused, prioritized, active, delayed, due] = of as number[];
    return {
      waiting: wait + paused + prioritized + due,
      active,
      delayed: delayed - due,
      ...settingsOf(of[COUNTS - 1] as Settings),
    };
  });
  const busy = queues.flatMap((keys, queue) =>
    depths[queue].waiting > 0 ? [{ keys, queue }] : [],
  );
  const since = [
    ...(await candidateAges(redis, queues, now, [
      ...(await endsOfLists(redis, busy)),
      ...(await firstsOfPriorities(redis, busy)),
    ])),
    ...(await dueSince(redis, busy, dueUpTo)),
  ];
  for (const { queue, at } of since) {
    const depth = depths[queue];
    depth.oldestWaitMs = Math.max(0, now - at, depth.oldestWaitMs ?? 0);
  }
  return depths;
}

type Settings = Array<string | null>;

/** What the queue itself says of how it may be worked on, whoever has set that. */
function settingsOf([
  paused,
  concurrency,
  max,
  duration,
]: Settings): Partial<QueueDepth> {
  return {
    ...(paused !== null && { paused: true }),
    ...(concurrency !== null && { concurrency: Number(concurrency) }),
    ...(max !== null &&
      duration !== null && {
        rateLimit: { max: Number(max), durationMs: Number(duration) },
      }),
  };
}

type Busy = Array<{ keys: QueueKeys; queue: number }>;

/** BullMQ takes from the right; what it puts there (`lifo`) is younger than what is left of it. */
async function endsOfLists(
  redis: Pick<OperationsRedis, 'execute'>,
  busy: Busy,
): Promise<Candidate[]> {
  const places = busy.flatMap(({ keys, queue }) =>
    [keys.wait, keys.paused].flatMap(list =>
      [-1, 0].map(index => ({ queue, list, index })),
    ),
  );
  const ids = await inChunks(
    redis,
    places.map<KeyCommand>(({ list, index }) => ['lindex', list, index]),
  );
  const found = new Map<string, Candidate>();
  places.forEach(({ queue }, i) => {
    const id = ids[i] as string | null;
    // BullMQ's own mark for its workers is no job
    if (id && !id.startsWith('0:')) found.set(`${queue} ${id}`, { queue, id });
  });
  return [...found.values()];
}

/** Within a priority BullMQ takes the oldest first. */
async function firstsOfPriorities(
  redis: Pick<OperationsRedis, 'execute'>,
  busy: Busy,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  let left = busy.map(each => ({ ...each, from: 0 }));
  for (let n = 0; left.length > 0 && n < MAX_PRIORITIES; n++) {
    const firsts = (await inChunks(
      redis,
      left.map<KeyCommand>(({ keys, from }) => [
        ...(['zrangebyscore', keys.prioritized, from, '+inf'] as const),
        ...(['WITHSCORES', 'LIMIT', 0, 1] as const),
      ]),
    )) as Array<[id: string, score: string] | []>;
    left = left.flatMap((each, i) => {
      const [id, score] = firsts[i];
      if (id === undefined) return [];
      found.push({ queue: each.queue, id });
      const priority = Math.floor(Number(score) / PRIORITY_FACTOR);
      return [{ ...each, from: (priority + 1) * PRIORITY_FACTOR }];
    });
  }
  return found;
}

async function candidateAges(
  redis: Pick<OperationsRedis, 'execute'>,
  queues: QueueKeys[],
  now: number,
  candidates: Candidate[],
): Promise<Array<{ queue: number; at: number }>> {
  const hashes = (await inChunks(
    redis,
    candidates.map<KeyCommand>(({ queue, id }) => [
      ...(['hmget', queues[queue].job(id)] as const),
      ...(['timestamp', 'opts', 'ats', 'atm', 'rjk'] as const),
    ]),
  )) as Array<Array<string | null>>;
  const known = candidates.flatMap((candidate, i) => {
    const facts = waitFactsOf(candidate.id, hashes[i]);
    return facts ? [{ ...candidate, facts }] : [];
  });
  const unsure = known.filter(({ facts }) => needsMoves(facts, now));
  const looked = [...new Set(unsure.map(({ queue }) => queue))].slice(
    0,
    MAX_EVENTS_LOOKED,
  );
  const events = (await inChunks(
    redis,
    looked.map<KeyCommand>(queue => [
      ...(['xrevrange', queues[queue].events, '+', '-'] as const),
      ...(['COUNT', MAX_EVENTS_READ] as const),
    ]),
  )) as Array<Array<[id: string, fields: string[]]>>;
  for (const { queue, id, facts } of unsure) {
    const of = events[looked.indexOf(queue)];
    if (of) facts.moves = readMoves(of, id);
  }
  return known.flatMap(({ queue, facts }) => {
    const at = waitingSince(facts);
    // of what is not known it is true that it waits now
    return [{ queue, at: at ?? now }];
  });
}

/** Since when the first of the delayed jobs that are due could have been taken. */
async function dueSince(
  redis: Pick<OperationsRedis, 'execute'>,
  busy: Busy,
  dueUpTo: number,
): Promise<Array<{ queue: number; at: number }>> {
  const firsts = (await inChunks(
    redis,
    busy.map<KeyCommand>(({ keys }) => [
      ...(['zrangebyscore', keys.delayed, '-inf', dueUpTo] as const),
      ...(['WITHSCORES', 'LIMIT', 0, 1] as const),
    ]),
  )) as Array<[id: string, score: string] | []>;
  return busy.flatMap(({ queue }, i) => {
    const [, score] = firsts[i];
    return score === undefined
      ? []
      : [{ queue, at: Math.floor(Number(score) / DELAYED_FACTOR) }];
  });
}

/** What a job's hash says of how it came to wait; nothing where the hash is gone. */
function waitFactsOf(
  id: string,
  [timestamp, opts, started, made, scheduler]: Array<string | null>,
): WaitFacts | undefined {
  if (timestamp === null) return undefined;
  return {
    createdAt: Number(timestamp),
    delayMs: delayOf(opts),
    slot: slotOf(id, scheduler),
    isAgain: Number(started ?? 0) > 0 || Number(made ?? 0) > 0,
  };
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
