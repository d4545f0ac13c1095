import { ServiceUnavailableError } from '@backstage/errors';
import { withTimeout } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';

/** How long a request waits for a connection that is just being made. */
const READY_TIMEOUT_MS = 900;

/** Errors by which Redis, or the way to it, says "not now". */
const AWAY = [
  /^Connection is closed/,
  /^Command timed out/,
  /^Stream isn't writeable/,
  /^Cluster isn't ready/,
  /^Failed to refresh slots cache/,
  /^None of startup nodes is available/,
  /^Too many Cluster redirections/,
  /^All sentinels are unreachable/,
  /^Reached the max retries per request/,
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|BUSY|NOAUTH|WRONGPASS)\b/,
  /\b(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)\b/,
];

/**
 * Whether an error says that Redis cannot serve now, as opposed to a mistake in what it was asked.
 * @public
 */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = (error as { lastNodeError?: unknown }).lastNodeError;
  return (
    AWAY.some(pattern => pattern.test(error.message)) ||
    (cause !== undefined && isRedisAway(cause))
  );
}

/**
 * Does some work on a connection, and answers within about `timeoutMs` whatever state the server is
 * in.
 * @throws ServiceUnavailableError when Redis is away or does not answer in time. A command that had
 *   been sent may still have taken effect:
 *   work done through here has to be safe to repeat.
 */
export async function whileAvailable<T>(
  client: RedisClient,
  work: () => Promise<T>,
  timeoutMs: number = 1000,
): Promise<T> {
  await whenReady(client, Math.min(timeoutMs, READY_TIMEOUT_MS));
  try {
    return await withTimeout(
      timeoutMs,
      work(),
      () =>
        new ServiceUnavailableError(
          "The platform's Redis did not answer in time; whether the request reached it is not known, and repeating it is safe",
        ),
    );
  } catch (error) {
    throw isRedisAway(error) ? unavailable(error) : error;
  }
}

/** What an error says of a Redis that does answer, by its first word. */
const REFUSALS: Record<string, string> = {
  OOM: 'is full and takes nothing new',
  READONLY: 'is read-only: it is a replica, or a fail-over is under way',
  MISCONF: 'cannot save to its disk, and takes nothing until it can',
  NOREPLICAS: 'has too few replicas, and takes nothing until they are back',
  LOADING: 'is being started: it loads its data',
  BUSY: 'is busy with a script',
  NOAUTH: 'refuses the credentials that it is given',
  WRONGPASS: 'refuses the credentials that it is given',
};

/**
 * What keeps Redis from serving, as the rest of a sentence: only what does not answer "cannot be
 * reached".
 */
export function whyAway(error: unknown): string {
  for (let each = error; each instanceof Error; ) {
    const refusal = REFUSALS[each.message.split(' ')[0]];
    if (refusal) return refusal;
    each = (each as { lastNodeError?: unknown }).lastNodeError;
  }
  return 'cannot be reached now; try again in a moment';
}

function unavailable(cause?: unknown): ServiceUnavailableError {
  return new ServiceUnavailableError(
    `The platform's Redis ${whyAway(cause)}`,
    cause,
  );
}

/** Of all who wait for a connection: Node warns of listeners above ten. */
const waits = new WeakMap<RedisClient, Promise<void>>();

/**
 * Waits for a connection under way; does not wait for one that has failed and will be tried again
 * later.
 */
async function whenReady(client: RedisClient, timeoutMs: number) {
  if (client.status === 'ready') return;
  if (!['wait', 'connecting', 'connect'].includes(client.status)) {
    throw unavailable();
  }
  if (client.status === 'wait') client.connect().catch(() => {});
  let wait = waits.get(client);
  if (!wait) {
    wait = untilReady(client).finally(() => waits.delete(client));
    waits.set(client, wait);
  }
  await withTimeout(timeoutMs, wait, () => unavailable());
}

function untilReady(client: RedisClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = () => settle(() => reject(unavailable()));
    const ready = () => settle(resolve);
    function settle(act: () => void) {
      client.off('ready', ready).off('close', failed).off('end', failed);
      act();
    }
    client.once('ready', ready).once('close', failed).once('end', failed);
  });
}
