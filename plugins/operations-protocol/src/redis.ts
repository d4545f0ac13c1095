/**
 * How the packages of this family open and end a connection to Redis. An entry of its own: the
 * browser, which uses the protocol too, has no use for it.
 *
 * @internal
 * @packageDocumentation
 */
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { hashSlot } from './hashSlot';

/** A connection to one server, to the primary behind sentinels, or to a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * What a connection is for:
 * - `commands`: the request path. A command fails within its time limit rather than waiting for a
 *   server that is away.
 * - `blocking`: reads that wait for news. They fail as soon as the connection is lost; the reader's
 *   loop begins again.
 * - `subscriber`: channels, by {@link keepSubscribed}.
 * - `worker`: reports of work. What is written while the server is away is kept and written later.
 */
export type RedisPurpose = 'commands' | 'blocking' | 'subscriber' | 'worker';

const MAX_RECONNECT_DELAY_MS = 1_000;

export function reconnectDelay(times: number): number {
  return Math.min(50 * times, MAX_RECONNECT_DELAY_MS);
}

/**
 * Options by which a connection serves its purpose. It reconnects for as long as it takes.
 * @param commandTimeout - milliseconds; only of `commands`
 */
export function connectionOptions(
  purpose: RedisPurpose,
  commandTimeout?: number,
): RedisOptions {
  const waits = purpose === 'subscriber' || purpose === 'worker';
  return {
    connectTimeout: purpose === 'worker' ? 10_000 : 3_000,
    keepAlive: 10_000,
    commandTimeout: purpose === 'commands' ? commandTimeout : undefined,
    retryStrategy: reconnectDelay,
    enableOfflineQueue: waits,
    // without waiting, what was under way when the connection broke fails at once; the caller knows
    // whether it is safe to repeat
    maxRetriesPerRequest: waits ? null : 0,
    autoResendUnfulfilledCommands: waits,
    // ioredis would not handle that renewing a subscription fails: see keepSubscribed
    autoResubscribe: false,
  };
}

/**
 * Subscribes to channels, and again after every outage. Not left to ioredis: when the connection is
 * ended while ioredis renews a subscription, nothing handles the rejection, which ends the process.
 * @param onSubscribed - called each time: messages may have been missed before
 * @returns a promise of the first subscription, which waits for a server that is away; it is
 *   rejected if the connection is ended first
 */
export async function keepSubscribed(
  client: RedisClient,
  channels: string[],
  onSubscribed: () => void = () => {},
): Promise<void> {
  let first = true;
  client.on('ready', () => {
    if (first) return;
    client.subscribe(...channels).then(onSubscribed, () => {});
  });
  await client.subscribe(...channels);
  first = false;
  onSubscribed();
}

/**
 * Ends a connection for good, at once, whatever its state; what was under way fails. A connection
 * whose TLS handshake is under way, to a node of a cluster too, is ended after it: ioredis handles
 * the first error of a socket only, and an interrupted handshake may have two, of which the second
 * would end the process.
 */
export function endConnection(client: RedisClient): void {
  const nodes = isCluster(client) ? client.nodes() : [client];
  const connecting = nodes.find(({ status }) => status === 'connecting');
  if (!connecting) {
    client.disconnect();
    return;
  }
  const again = () => {
    connecting.off('connect', again).off('close', again);
    endConnection(client);
  };
  connecting.once('connect', again).once('close', again);
}

/** Whether a connection is to a Redis Cluster. */
export function isCluster(client: RedisClient): client is Cluster {
  // not by `instanceof`: the platform may have installed ioredis a second time
  return 'nodes' in client;
}

/** A command on one key. */
export type KeyCommand = [
  name: string,
  key: string,
  ...args: Array<string | number>,
];

/**
 * Executes many commands in one round trip. On a cluster, which refuses pipelines over several
 * slots, in one for each slot, all at the same time.
 * @returns the answers, in the order of the commands
 * @throws the first error of any command
 */
export async function executePipelined(
  client: RedisClient,
  commands: KeyCommand[],
): Promise<unknown[]> {
  const parts = new Map<number, number[]>();
  commands.forEach(([, key], i) => {
    const slot = isCluster(client) ? hashSlot(key) : 0;
    const part = parts.get(slot);
    if (part) part.push(i);
    else parts.set(slot, [i]);
  });
  const answers = new Array<unknown>(commands.length);
  await Promise.all(
    [...parts.values()].map(async numbers => {
      const part = numbers.map(i => commands[i]);
      const answered = (await client.pipeline(part).exec()) ?? [];
      answered.forEach(([error, answer], n) => {
        if (error) throw error;
        answers[numbers[n]] = answer;
      });
    }),
  );
  return answers;
}

/** The values of many keys, `null` where there is none; also where they are in several slots. */
export async function getMany(
  client: RedisClient,
  keys: string[],
): Promise<Array<string | null>> {
  if (keys.length === 0) return [];
  if (!isCluster(client)) return client.mget(keys);
  const values = await executePipelined(
    client,
    keys.map(key => ['get', key]),
  );
  return values as Array<string | null>;
}

/**
 * Redis' time, epoch milliseconds with their fraction. The servers of a cluster have clocks of
 * their own: there it is the time of the server that has the key.
 * @param key - of what is compared with the time
 */
export async function timeOf(
  client: RedisClient,
  key: string,
): Promise<number> {
  const [seconds, micros] = isCluster(client)
    ? await timeThere(client, key)
    : await client.time();
  return Number(seconds) * 1_000 + Number(micros) / 1_000;
}

/**
 * `TIME` names no key: it goes to the server of the command that is sent with it, for which the
 * right to read suffices.
 */
async function timeThere(
  client: Cluster,
  key: string,
): Promise<[string, string]> {
  const answers = await client.pipeline().exists(key).time().exec();
  const [error, time] = answers![1];
  if (error) throw error;
  return time as [string, string];
}

/** An error handler that passes on the same message at most once a minute. */
export function throttleErrors(
  handle: (error: Error) => void,
): (error: Error) => void {
  const lastHandled = new Map<string, number>();
  return error => {
    const last = lastHandled.get(error.message);
    if (last !== undefined && Date.now() - last < 60_000) return;
    if (lastHandled.size > 100) lastHandled.clear();
    lastHandled.set(error.message, Date.now());
    handle(error);
  };
}

/** What ioredis emits when a connection is new: to its server, or to a node of its cluster. */
const NEW_CONNECTION = ['ready', '+node', '-node'];

/**
 * Calls back whenever the server may have lost what it had confirmed: a connection was lost and is
 * back, or nodes of a cluster have changed. A fail-over to a replica that lags looks like this.
 * @returns what ends it
 */
export function onPossibleLoss(
  client: RedisClient,
  listener: () => void,
): () => void {
  for (const event of NEW_CONNECTION) client.on(event, listener);
  return () => {
    for (const event of NEW_CONNECTION) client.off(event, listener);
  };
}
