import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  RUNS_STREAM_MAX_LENGTH,
  withTimeout,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { PORTAL_GROUP } from '@craft-easy/backstage-plugin-operations-protocol';
import { endConnection } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import type {
  OperationsRedis,
  RedisClient,
} from '@craft-easy/backstage-plugin-operations-node';
import type { StreamEntry } from './decode';

/** At most this many rejected entries are kept, so that their writers can look into them. */
const REJECTED_MAX_LENGTH = 10_000;
/** Ids acknowledged by one command. */
const ACK_CHUNK = 1000;

/**
 * Deletes a consumer, but only one that holds nothing: what a deleted consumer holds is lost.
 * KEYS[1] stream, ARGV[1] group, ARGV[2] consumer.
 */
const DELETE_CONSUMER = `
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])
if #pending > 0 then return 0 end
return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])`;

/** Which stream of reports is read. */
export interface ReportStreamOptions {
  /** name of the connection that waits for entries */
  connection: string;
  key: string;
  /** where entries go that cannot be recorded */
  rejectedKey: string;
  /** length at which writers drop the oldest entries */
  capacity: number;
}

/**
 * The stream on which workers report their runs, or one of several.
 * @param key - one of the run streams
 */
export function runReports(
  { keys }: OperationsRedis,
  key: string = keys.runs,
): ReportStreamOptions {
  return {
    connection: 'runs',
    key,
    rejectedKey: keys.runsRejected,
    capacity: RUNS_STREAM_MAX_LENGTH,
  };
}

/** The stream, and how far the portal has read it. */
export interface StreamState {
  lag: number;
  pending: number;
  length: number;
  capacity: number;
  /** entries were dropped before the group had read them */
  dropped: boolean;
  /** id of the newest entry */
  lastId: string;
  /** Whether the entry of this id, and every one before it, is in the database. */
  isRecorded(id: string): boolean;
}

/** The commands on a stream of reports, as one consumer of the portal's group. */
export class ReportStream {
  private readonly key: string;
  private readonly reader: RedisClient;

  /** @param consumer - a name that no other process has, nor an earlier one */
  constructor(
    private readonly redis: OperationsRedis,
    private readonly options: ReportStreamOptions,
    readonly consumer = `${hostname()}-${process.pid}-${randomBytes(4).toString(
      'hex',
    )}`,
  ) {
    this.key = options.key;
    this.reader = redis.connect('blocking', options.connection);
  }

  close(): void {
    endConnection(this.reader);
  }

  /**
   * Creates the group (and the stream) where there is none: at the first start, and after Redis was
   * emptied.
   */
  async ensureGroup(): Promise<void> {
    try {
      await this.redis.execute(client =>
        client.xgroup('CREATE', this.key, PORTAL_GROUP, '0', 'MKSTREAM'),
      );
    } catch (error) {
      if (!String(error).includes('BUSYGROUP')) throw error;
    }
  }

  /** Entries that nobody has read; waits up to `blockMs` for the first. */
  readNew(count: number, blockMs: number): Promise<StreamEntry[]> {
    return this.read('>', count, blockMs);
  }

  /** Entries that this consumer has read and not acknowledged, oldest first. */
  readOwn(count: number): Promise<StreamEntry[]> {
    return this.read('0', count, 0);
  }

  private async read(
    from: string,
    count: number,
    blockMs: number,
  ): Promise<StreamEntry[]> {
    const block = blockMs > 0 ? ['BLOCK', `${blockMs}`] : [];
    const reading = this.reader.call(
      'XREADGROUP',
      'GROUP',
      PORTAL_GROUP,
      this.consumer,
      'COUNT',
      `${count}`,
      ...block,
      'STREAMS',
      this.key,
      from,
    );
    // A server that hangs would hold a blocking read for ever: the connection is made anew.
    const answer = await withTimeout(blockMs + 5000, reading, () => {
      this.reader.disconnect(true);
      return new Error('Command timed out'); // as the client says of other commands
    });
    const streams = answer as Array<[string, StreamEntry[]]> | null;
    return streams?.[0]?.[1] ?? [];
  }

  /** Takes over entries that another consumer read `idleMs` ago and has not acknowledged. */
  async claimAbandoned(idleMs: number, count: number): Promise<StreamEntry[]> {
    const answer = (await this.redis.execute(client =>
      client.xautoclaim(
        this.key,
        PORTAL_GROUP,
        this.consumer,
        idleMs,
        '0',
        'COUNT',
        count,
      ),
    )) as [string, Array<StreamEntry | null>];
    return answer[1].filter(entry => entry !== null);
  }

  async acknowledge(ids: string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += ACK_CHUNK) {
      const chunk = ids.slice(i, i + ACK_CHUNK);
      await this.redis.execute(client =>
        client.xack(this.key, PORTAL_GROUP, ...chunk),
      );
    }
  }

  /** Copies what could not be recorded to the stream of rejected entries, for its writers. */
  async reject(
    entries: Array<{ id: string; why: string; text: string }>,
  ): Promise<void> {
    for (const { id, why, text } of entries) {
      const cap = ['MAXLEN', '~', REJECTED_MAX_LENGTH] as const;
      const entry = ['entry', id, 'why', why.slice(0, 1000), 'record', text];
      await this.redis.execute(client =>
        client.xadd(this.options.rejectedKey, ...cap, '*', ...entry),
      );
    }
  }

  /** Leaves the group if nothing is left to do in it. */
  async leave(): Promise<void> {
    await this.redis.execute(client =>
      client.eval(DELETE_CONSUMER, 1, this.key, PORTAL_GROUP, this.consumer),
    );
  }

  /** Deletes consumers of processes that are long gone. */
  async deleteConsumers(idleMs: number): Promise<void> {
    const consumers = (await this.redis.execute(client =>
      client.xinfo('CONSUMERS', this.key, PORTAL_GROUP),
    )) as unknown[][];
    for (const fields of consumers) {
      const { name, idle, pending } = asObject(fields);
      if (Number(idle) < idleMs || Number(pending) > 0) continue;
      await this.redis.execute(client =>
        client.eval(DELETE_CONSUMER, 1, this.key, PORTAL_GROUP, String(name)),
      );
    }
  }

  /**
   * Drops what every group has acknowledged, and nothing else: a group of somebody else keeps the
   * entries that it has not acknowledged.
   */
  async trim(): Promise<void> {
    const floor = await acknowledgedUpTo(this.redis, this.key);
    if (floor === undefined) return;
    await this.redis.execute(client =>
      client.xtrim(this.key, 'MINID', '~', floor),
    );
  }

  /** How far the group is behind. */
  async state(): Promise<StreamState> {
    const [stream, groups, summary] = (await this.redis.execute(client =>
      Promise.all([
        client.xinfo('STREAM', this.key),
        client.xinfo('GROUPS', this.key),
        client.xpending(this.key, PORTAL_GROUP),
      ]),
    )) as [unknown[], unknown[][], [number, string | null]];
    const info = asObject(stream);
    const group = groups.map(asObject).find(g => g.name === PORTAL_GROUP);
    const lastDelivered = String(group?.['last-delivered-id'] ?? '0-0');
    const length = Number(info.length ?? 0);
    const pending = Number(group?.pending ?? 0);
    return {
      // Redis 6 counts no lag, and Redis 7 cannot after deletions in the middle: the entries that
      // are not pending are no fewer. Nor does Redis notice entries that were dropped unread: the
      // lag is no longer than the stream.
      lag: Math.min(
        length,
        Number(group?.lag ?? Math.max(0, length - pending)),
      ),
      pending,
      length,
      capacity: this.options.capacity,
      dropped:
        info['max-deleted-entry-id'] !== undefined &&
        compareIds(String(info['max-deleted-entry-id']), lastDelivered) > 0,
      lastId: String(info['last-generated-id']),
      isRecorded: id =>
        summary[1] === null
          ? compareIds(lastDelivered, id) >= 0
          : compareIds(summary[1], id) > 0,
    };
  }
}

/**
 * The id below which all groups of a stream have acknowledged everything; none if there is none.
 */
export async function acknowledgedUpTo(
  redis: OperationsRedis,
  key: string,
): Promise<string | undefined> {
  const groups = (await redis
    .execute(client => client.xinfo('GROUPS', key))
    .catch(error => {
      if (isMissing(error)) return [];
      throw error;
    })) as unknown[][];
  const floors = await Promise.all(
    groups.map(asObject).map(async group => {
      if (Number(group.pending) === 0) {
        return String(group['last-delivered-id']);
      }
      const summary = (await redis.execute(client =>
        client.xpending(key, String(group.name)),
      )) as [number, string | null];
      return summary[1] ?? '0-0';
    }),
  );
  const floor = floors.sort(compareIds)[0];
  return floor === undefined || floor === '0-0' ? undefined : floor;
}

/** Whether an error says that there is no such stream or group: yet, or since Redis was emptied. */
export function isMissing(error: unknown): boolean {
  return /no such key|NOGROUP/.test(String(error));
}

/** Order of stream ids, which are `<ms>-<sequence>` and longer than a double is exact. */
export function compareIds(a: string, b: string): number {
  const [am, as = '0'] = a.split('-');
  const [bm, bs = '0'] = b.split('-');
  const milliseconds = BigInt(am) - BigInt(bm);
  const difference = milliseconds || BigInt(as) - BigInt(bs);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

function asObject(flat: unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < flat.length; i += 2)
    object[String(flat[i])] = flat[i + 1];
  return object;
}
