import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import { median } from '../cli';

const ROUNDS = 3;
const COUNT = 5_000;
const CONCURRENCY = 64;
const ENDPOINTS = 100;
const SECRETS = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`];
const BODY = JSON.stringify({
  type: 'payment.confirmed',
  data: { payment: 'pay_1', amount: 49_900, currency: 'SEK' },
});

interface Receiver {
  url: string;
  figures(): Promise<{ count: number; most: number }>;
  stop(): void;
}

async function startReceivers(delayMs = 0): Promise<Receiver> {
  // the flags of this process (how TypeScript is loaded) are handed on
  const child = fork(resolve(__dirname, 'receiverProcess.ts'), {
    env: { ...process.env, RECEIVER_DELAY_MS: String(delayMs) },
  });
  let port: unknown;
  // what loads TypeScript sends messages of its own
  while (typeof port !== 'number') [port] = await once(child, 'message');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    figures: async () => (await fetch(`${url}/figures`)).json(),
    stop: () => child.kill('SIGKILL'),
  };
}

/** Seconds from the start of the work until the receivers have got all. */
async function untilReceived(
  receiver: Receiver,
  count: number,
  start: () => Promise<() => Promise<void>>,
): Promise<number> {
  const before = (await receiver.figures()).count;
  const began = process.hrtime.bigint();
  const stop = await start();
  while ((await receiver.figures()).count - before < count) await wait(10);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await stop();
  return seconds;
}

/**
 * The plainest way to deliver: a BullMQ worker that calls fetch, neither signed nor guarded nor
 * paced.
 */
async function plain(url: string, receiver: Receiver): Promise<number> {
  const prefix = `bench-${randomUUID().slice(0, 8)}`;
  const queue = new Queue('plain', { connection: { url }, prefix });
  for (let i = 0; i < COUNT; i += 1_000) {
    await queue.addBulk(
      Array.from({ length: 1_000 }, (_, k) => ({
        name: 'payment.confirmed',
        data: { path: `/${(i + k) % ENDPOINTS}`, body: BODY },
        opts: { removeOnComplete: { count: 1_000 } },
      })),
    );
  }
  const seconds = await untilReceived(receiver, COUNT, async () => {
    const worker = new Worker(
      'plain',
      async job => {
        const response = await fetch(`${receiver.url}${job.data.path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: job.data.body,
        });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`answered ${response.status}`);
      },
      { connection: { url }, prefix, concurrency: CONCURRENCY },
    );
    return () => worker.close();
  });
  await queue.obliterate({ force: true });
  await queue.close();
  return COUNT / seconds;
}

function dispatcherAt(url: string, receiver: Receiver, concurrency: number) {
  return createWebhookDispatcher({
    connection: url,
    namespace: `bench-${randomUUID().slice(0, 8)}`,
    queuePrefix: `bench-${randomUUID().slice(0, 8)}`,
    endpoint: (_tenant, endpoint) => ({
      url: `${receiver.url}/${endpoint}`,
      secrets: SECRETS,
      concurrency,
    }),
    egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
    concurrency: CONCURRENCY,
  });
}

async function ours(url: string, receiver: Receiver): Promise<number> {
  const dispatcher = dispatcherAt(url, receiver, 8);
  for (let i = 0; i < COUNT; i += 1_000) {
    await dispatcher.sendMany(
      Array.from({ length: 1_000 }, (_, k) => ({
        tenant: 'bench',
        endpoint: String((i + k) % ENDPOINTS),
        eventType: 'payment.confirmed',
        body: BODY,
      })),
    );
  }
  const seconds = await untilReceived(receiver, COUNT, async () => {
    await dispatcher.start();
    return () => dispatcher.close();
  });
  return COUNT / seconds;
}

/** The two take turns; the ratio is that of the medians. */
export async function compareDeliveries(url: string) {
  const receiver = await startReceivers();
  try {
    const figures = { plain: [] as number[], ours: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      figures.plain.push(await plain(url, receiver));
      figures.ours.push(await ours(url, receiver));
    }
    const [a, b] = [median(figures.plain), median(figures.ours)];
    return {
      measure: 'deliveries/s at concurrency 64',
      'plain BullMQ + fetch': Math.round(a),
      'signed and guarded': Math.round(b),
      ratio: Math.round((b / a) * 100) / 100,
      target: '≥ 0.8',
    };
  } finally {
    receiver.stop();
  }
}

/**
 * Three dispatchers and few endpoints with far more deliveries than their cap: how many were
 * under way at one endpoint at most.
 */
export async function measureCap(url: string) {
  const cap = 4;
  const count = 4_000;
  const receiver = await startReceivers(5);
  try {
    const namespace = `bench-${randomUUID().slice(0, 8)}`;
    const dispatchers = Array.from({ length: 3 }, () =>
      createWebhookDispatcher({
        connection: url,
        namespace,
        queuePrefix: namespace,
        endpoint: (_tenant, endpoint) => ({
          url: `${receiver.url}/${endpoint}`,
          secrets: SECRETS,
          concurrency: cap,
        }),
        egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
      }),
    );
    await dispatchers[0].sendMany(
      Array.from({ length: count }, (_, i) => ({
        tenant: 'bench',
        endpoint: String(i % 10),
        eventType: 'payment.confirmed',
        body: BODY,
      })),
    );
    const seconds = await untilReceived(receiver, count, async () => {
      await Promise.all(dispatchers.map(d => d.start()));
      return async () => {
        await Promise.all(dispatchers.map(d => d.close()));
      };
    });
    return {
      measure: '10 endpoints with a cap of 4, three dispatchers',
      'most at once': (await receiver.figures()).most,
      target: '≤ 4',
      'deliveries/s': Math.round(count / seconds),
    };
  } finally {
    receiver.stop();
  }
}
