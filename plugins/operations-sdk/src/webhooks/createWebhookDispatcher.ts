import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { WEBHOOK_DISPATCHER_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  queuePrefixOf,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { RedisClock } from '../clock';
import { checked, forms, optionsOf } from '../checked';
import {
  closeConnection,
  connectionForm,
  layoutOf,
  openConnection,
  sayDefaultAddress,
} from '../redis/connection';
import {
  endConnection,
  type RedisClient,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { RequestVerifier } from '../requests/RequestVerifier';
import { retryForm, retryPlan } from './backoff';
import { circuitForm } from './circuit/rules';
import { SharedCircuits } from './circuit/SharedCircuits';
import { deliveryId, toDelivery, WebhookJob } from './delivery';
import { createGuardedAgent, egressForm } from './egress/guard';
import { EndpointGate } from './EndpointGate';
import { PayloadStore } from './PayloadStore';
import { Processor } from './Processor';
import { Redactor } from './redact';
import { ReplayReader, type AcceptedReplay } from './ReplayReader';
import { Reporter } from './Reporter';
import { EndpointSlots } from './slots/EndpointSlots';
import type {
  WebhookDispatcher,
  WebhookDispatcherOptions,
  WebhookMessage,
} from './types';

const DAY_MS = 24 * 3600 * 1000;
const BEAT_MS = 5_000;
/** So late, at most, a dispatcher knows that another found an endpoint down or back. */
const LEARN_MS = 1_000;

/**
 * What a job may keep after its end: enough to see the last ones in a BullMQ tool, not enough to
 * matter.
 */
const JOB_OPTIONS = {
  // Failures of receivers are counted by us; these are for our own errors, which must never lose a
  // delivery.
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 5_000 },
  removeOnComplete: { count: 1_000 },
  removeOnFail: { count: 1_000 },
};

const optionsForm = optionsOf<WebhookDispatcherOptions>(
  {
    connection: connectionForm,
    namespace: forms.text.optional(),
    requestKeys: forms.requestKeys.optional(),
    queuePrefix: forms.text.optional(),
    queue: forms.text.optional(),
    endpoint: forms.callback,
    egress: egressForm.optional(),
    retry: retryForm.optional(),
    circuit: circuitForm.optional(),
    timeoutMs: forms.milliseconds.optional(),
    endpointConcurrency: forms.count.optional(),
    concurrency: forms.count.optional(),
    redact: forms.texts.optional(),
    keepPayloadMs: forms.milliseconds.optional(),
    onEndpointGone: forms.callback.optional(),
    onError: forms.callback.optional(),
    recoverAfterMs: forms.milliseconds.optional(),
  },
  {
    attempts: 'retry: { attempts }',
    logger: 'onError',
    maxAttempts: 'retry: { attempts }',
    prefix: 'queuePrefix',
    proxy: 'egress: { proxy }',
    redis: 'connection',
    retries: 'retry: { attempts }',
    url: 'connection',
  },
);

/**
 * Sends webhooks: over BullMQ, signed as Standard Webhooks says, never to an address that is not
 * public, each endpoint within its cap, retried over a span with backoff and jitter. What finally
 * fails is reported to the portal, which can have it replayed.
 * @public
 */
export function createWebhookDispatcher(
  options: WebhookDispatcherOptions,
): WebhookDispatcher {
  checked('createWebhookDispatcher', optionsForm, options);
  sayDefaultAddress('createWebhookDispatcher', options.connection);
  const id = randomUUID();
  const clock = new RedisClock();
  const verifier = new RequestVerifier(options.requestKeys, () => clock.now());
  const queueName = options.queue ?? 'webhooks';
  const recoverAfterMs = options.recoverAfterMs ?? 30_000;
  const onError =
    options.onError ??
    ((error: Error) => {
      // eslint-disable-next-line no-console
      console.error(`webhook dispatcher: ${error.message}`);
    });
  const opened: RedisClient[] = [];
  const open = () => {
    const connection = openConnection(options.connection, 'worker');
    connection.on('error', onError);
    opened.push(connection);
    return connection;
  };
  const redis = open();
  const layout = layoutOf(redis);
  const keys = protocolKeys(options.namespace, layout);
  const prefix = queuePrefixOf(queueName, options.queuePrefix, layout);
  const queue = new Queue<WebhookJob>(queueName, { connection: redis, prefix });
  queue.on('error', onError);
  let running: (() => Promise<void>) | undefined;

  const sendMany = async (messages: WebhookMessage[]) => {
    const now = Date.now();
    const deliveries = messages.map(message => toDelivery(message, now));
    await queue.addBulk(
      deliveries.map(data => ({
        name: data.eventType,
        data,
        opts: { ...JOB_OPTIONS, jobId: `d-${deliveryId(data)}` },
      })),
    );
    return deliveries.map(delivery => ({ id: delivery.webhookId }));
  };

  /**
   * The job's id is the command's: queued twice, it is one job; and it is not queued once its end
   * is remembered.
   */
  const acceptReplays = async (replays: AcceptedReplay[]) => {
    const ended = await Promise.all(
      replays.map(({ command }) =>
        redis.exists(keys.webhookReplayResult(command.commandId)),
      ),
    );
    const createdAt = Date.now();
    await queue.addBulk(
      replays
        .filter((_, i) => !ended[i])
        .map(({ command, message }) => ({
          name: 'replay',
          data: { v: 1, kind: 'replay', message, createdAt },
          opts: {
            ...JOB_OPTIONS,
            jobId: `r-${command.commandId}`,
            // somebody waits for a single one; many must not push the platform's own aside
            lifo: !command.bulkId,
          },
        })),
    );
  };

  const start = async () => {
    if (running) return;
    const agent = createGuardedAgent(options.egress);
    const redactor = new Redactor(options.redact);
    const payloads = new PayloadStore(
      redis,
      keys,
      options.keepPayloadMs ?? 30 * DAY_MS,
    );
    const reporter = new Reporter(redis, keys, payloads, redactor);
    const slots = new EndpointSlots(redis, id, onError);
    const circuits = new SharedCircuits(redis, keys, id, options.circuit);
    const gate = new EndpointGate({
      slots,
      circuits,
      keys,
      onError,
      onGone: ({ tenant, endpoint }) => {
        const notify = async () => options.onEndpointGone?.(tenant, endpoint);
        notify().catch(onError);
      },
    });
    const processor = new Processor({
      options,
      timeoutMs: options.timeoutMs ?? 20_000,
      endpointConcurrency: options.endpointConcurrency ?? 8,
      retry: retryPlan(options.retry),
      redis,
      keys,
      verifier,
      agent,
      gate,
      payloads,
      reporter,
      redactor,
    });
    const beat = async () => {
      await clock.measure(redis, keys.webhookDispatchers);
      await Promise.all([
        redis.zadd(keys.webhookDispatchers, clock.now(), id),
        redis.zremrangebyscore(
          keys.webhookDispatchers,
          '-inf',
          clock.now() - 10 * WEBHOOK_DISPATCHER_TTL_MS,
        ),
      ]);
    };
    await Promise.all([beat(), circuits.learn()]);
    slots.start();
    const beating = setInterval(() => beat().catch(onError), BEAT_MS);
    const learning = setInterval(
      () => circuits.learn().catch(onError),
      LEARN_MS,
    );
    const worker = new Worker<WebhookJob>(
      queueName,
      (job, token) => processor.process(job, token),
      {
        connection: open(),
        prefix,
        concurrency: options.concurrency ?? 256,
        lockDuration: recoverAfterMs,
        stalledInterval: recoverAfterMs,
        // A delivery is taken up again however often its process dies: receivers de-duplicate by
        // its id.
        maxStalledCount: 1_000_000,
      },
    );
    worker.on('error', onError);
    const blocking = open();
    const reader = new ReplayReader({
      redis,
      blocking,
      keys,
      consumer: id,
      recoverAfterMs,
      verifier,
      accept: acceptReplays,
      onError,
    });
    await reader.start();
    running = async () => {
      clearInterval(beating);
      clearInterval(learning);
      reader.stop();
      endConnection(blocking);
      await Promise.all([worker.close(), reader.stopping()]);
      await slots.stop();
      await redis.zrem(keys.webhookDispatchers, id);
      await agent.close();
    };
    await worker.waitUntilReady();
  };

  return {
    send: async message => (await sendMany([message]))[0],
    sendMany,
    start,
    close: async () => {
      await running?.();
      running = undefined;
      await queue.close();
      await Promise.all(opened.map(closeConnection));
    },
  };
}
