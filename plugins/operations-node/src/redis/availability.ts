import { ServiceUnavailableError } from '@backstage/errors';
import {
  REASON_SENTENCES,
  type Sentence,
} from '@craft-easy/backstage-plugin-operations-common/internal';
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
    return await withTimeout(timeoutMs, work(), () =>
      worded(new ServiceUnavailableError(REASON_SENTENCES['redis-silent']), {
        code: 'redis-silent',
        values: {},
      }),
    );
  } catch (error) {
    throw isRedisAway(error) ? unavailable(error) : error;
  }
}

/** What keeps a Redis from serving that does answer, by the first word of its error. */
const REFUSALS = {
  OOM: 'away-full',
  READONLY: 'away-read-only',
  MISCONF: 'away-unsaved',
  NOREPLICAS: 'away-replicas',
  LOADING: 'away-loading',
  BUSY: 'away-busy',
  NOAUTH: 'away-credentials',
  WRONGPASS: 'away-credentials',
} as const;

type AwayCode = (typeof REFUSALS)[keyof typeof REFUSALS] | 'away-unreachable';

/**
 * What keeps Redis from serving, as the rest of a sentence: only what does not answer "cannot be
 * reached".
 */
export function whyAway(error: unknown): { code: AwayCode; values: {} } {
  for (let each = error; each instanceof Error; ) {
    const word = each.message.split(' ')[0];
    if (Object.hasOwn(REFUSALS, word)) {
      return { code: REFUSALS[word as keyof typeof REFUSALS], values: {} };
    }
    each = (each as { lastNodeError?: unknown }).lastNodeError;
  }
  return { code: 'away-unreachable', values: {} };
}

function unavailable(cause?: unknown): ServiceUnavailableError {
  const why = whyAway(cause);
  const error = new ServiceUnavailableError(
    `The platform's Redis ${REASON_SENTENCES[why.code]}`,
    cause,
  );
  return worded(error, { code: 'redis-says', values: { why } });
}

/** Pages word the message in the language of their reader. */
function worded<E extends Error>(error: E, message: Sentence): E {
  return Object.assign(error, { words: { message } });
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
