import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  getTestRedis,
  startPrivateRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { createWebhookDispatcher } from '@craft-easy/operations-sdk/webhooks';
import type {
  BulkActionResult,
  BulkPreview,
  BulkReplay,
  WebhookSummary,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { startReceiver, type TestReceiver } from './__testUtils__/receiver';
import { startDispatcher, startWebhooks } from './__testUtils__/startWebhooks';

jest.setTimeout(600_000);

/** Ten thousand deliveries take minutes on a busy machine. */
const BULK_MS = 240_000;
const base = '/api/operations/v1';
const TENANTS = ['a', 'b', 'c', 'd', 'e'];
const databases = createTestDatabases();

describe('replaying what failed', () => {
  let redis: TestRedis;
  let receiver: TestReceiver;
  let knex: Knex;
  const children: ChildProcess[] = [];
  const portals: Array<Awaited<ReturnType<typeof startWebhooks>>> = [];

  beforeEach(async () => {
    redis = await getTestRedis();
    receiver = await startReceiver();
    knex = await databases.init('SQLITE_3', 'audit', 'webhooks');
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(portals.splice(0).map(p => p.stop()));
    await receiver.close();
    await redis.close();
  });

  async function portal() {
    const started = await startWebhooks({ knex, redis });
    portals.push(started);
    return started;
  }

  async function dispatcher() {
    const child = await startDispatcher(redis, receiver.url);
    children.push(child);
    return child;
  }

  async function send(count: number): Promise<string[]> {
    const sender = createWebhookDispatcher({
      connection: redis.url,
      namespace: redis.namespace,
      queuePrefix: redis.queuePrefix,
      endpoint: () => undefined,
    });
    const sent = await sender.sendMany(
      Array.from({ length: count }, (_, i) => ({
        tenant: TENANTS[i % TENANTS.length],
        endpoint: 'main',
        eventType: 'payment.confirmed',
        payload: { n: i },
      })),
    );
    await sender.close();
    return sent.map(({ id }) => id);
  }

  type Portal = Awaited<ReturnType<typeof portal>>;
  const get = async <T>(from: Portal, path: string): Promise<T> => {
    const { status, body } = await request(from.server).get(`${base}${path}`);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };
  const summary = (from: Portal) =>
    get<WebhookSummary>(from, '/webhook-failures/summary');
  const replayAll = async (from: Portal, perEndpointPerSecond = 1_000) => {
    const preview = await get<BulkPreview>(
      from,
      '/webhook-failures/bulk-preview?action=replay',
    );
    const { status, body } = await request(from.server)
      .post(`${base}/webhook-failures/bulk`)
      .send({
        action: 'replay',
        selection: { filter: {}, asOf: preview.asOf },
        expected: preview.count,
        reason: 'the receiver is back',
        perEndpointPerSecond,
      });
    expect([status, body]).toEqual([202, expect.anything()]);
    return body as BulkActionResult;
  };
  const replay = (from: Portal, id: string) =>
    get<BulkReplay>(from, `/webhook-replays/${id}`);

  it('[webhooks.3] delivers all of 10,000 exactly once after the receiver was down and a worker was killed in the middle', async () => {
    const n = 10_000;
    receiver.status = 503;
    const [first, main] = await Promise.all([dispatcher(), portal()]);
    const ids = await send(n);
    await main.until(async () => {
      const { open } = await summary(main);
      return open > n / 10;
    }, BULK_MS);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect((await summary(main)).open).toBeLessThan(n);
    await dispatcher();
    await main.until(async () => (await summary(main)).open === n, BULK_MS);

    receiver.status = 204;
    const { count, replay: started } = await replayAll(main);
    expect(count).toBe(n);
    await main.until(
      async () => (await replay(main, started!.id)).endedAt !== undefined,
      BULK_MS,
    );
    expect(await replay(main, started!.id)).toMatchObject({
      status: 'finished',
      total: n,
      delivered: n,
      failed: 0,
      left: 0,
    });
    expect(receiver.accepted.size).toBe(n);
    expect(ids.every(id => receiver.accepted.get(id) === 1)).toBe(true);
    expect(await summary(main)).toMatchObject({ open: 0 });
  });

  it('[webhooks.3] starts nothing more a second after a bulk replay was stopped', async () => {
    receiver.status = 503;
    const [, main] = await Promise.all([dispatcher(), portal()]);
    await send(2_000);
    await main.until(async () => (await summary(main)).open === 2_000);
    receiver.status = 204;
    const { replay: started } = await replayAll(main, 50);
    await receiver.until(() => receiver.accepted.size >= 100);
    const { status } = await request(main.server)
      .post(`${base}/webhook-replays/${started!.id}/stop`)
      .send({ reason: 'too early, their queue is full' });
    const stoppedAt = Date.now();
    expect(status).toBe(202);
    await main.until(
      async () => (await replay(main, started!.id)).endedAt !== undefined,
    );
    // nothing else would say that no request came: so let two seconds pass by the clock of the
    // portal's own looks
    await main.until(async () => Date.now() > stoppedAt + 2_000);
    // when the sender began, not when a busy machine got round to receiving it
    const [{ last }] = await knex('webhook_attempts').max({ last: 'at' });
    expect(Number(last)).toBeLessThan(stoppedAt + 1_000);
    const ended = await replay(main, started!.id);
    expect(ended).toMatchObject({ status: 'stopped', left: 0, sent: 0 });
    expect(ended.delivered).toBe(receiver.accepted.size);
    expect(ended.delivered + ended.stopped).toBe(2_000);
    expect((await summary(main)).open).toBe(2_000 - ended.delivered);
  });

  it('goes on at once with the next bulk replay, whichever replica stopped the one before', async () => {
    receiver.status = 503;
    const [, first] = await Promise.all([dispatcher(), portal()]);
    await send(500);
    await first.until(async () => (await summary(first)).open === 500);
    receiver.status = 204;
    const { replay: slow } = await replayAll(first, 1);
    await receiver.until(() => receiver.accepted.size > 0);
    // the first goes on to give the turns
    const second = await portal();
    const { status } = await request(second.server)
      .post(`${base}/webhook-replays/${slow!.id}/stop`)
      .send({ reason: 'that would take too long' });
    expect(status).toBe(202);
    await second.until(
      async () => (await replay(second, slow!.id)).endedAt !== undefined,
    );
    const { replay: fast } = await replayAll(second);
    await second.until(
      async () => (await replay(second, fast!.id)).endedAt !== undefined,
      30_000,
    );
    expect(receiver.accepted.size).toBe(500);
  });

  it('goes on with a bulk replay after a restart, and two replicas send each once', async () => {
    receiver.status = 503;
    const [, first] = await Promise.all([dispatcher(), portal()]);
    await send(1_000);
    await first.until(async () => (await summary(first)).open === 1_000);
    receiver.status = 204;
    const { replay: started } = await replayAll(first, 100);
    await receiver.until(() => receiver.accepted.size > 50);
    portals.splice(0, 1);
    await first.stop();
    const [second] = await Promise.all([portal(), portal()]);
    await second.until(
      async () => (await replay(second, started!.id)).endedAt !== undefined,
    );
    expect(receiver.accepted.size).toBe(1_000);
    expect([...receiver.accepted.values()].every(times => times === 1)).toBe(
      true,
    );
  });

  it('[guarantees.9] ends what was handed to a Redis that was then emptied', async () => {
    await redis.close();
    redis = await startPrivateRedis();
    receiver.status = 503;
    const [first, main] = await Promise.all([dispatcher(), portal()]);
    await send(20);
    await main.until(async () => (await summary(main)).open === 20);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const { replay: started } = await replayAll(main);
    await main.until(async () => (await replay(main, started!.id)).sent === 20);
    await redis.client().flushall();

    await dispatcher();
    await main.until(
      async () => (await replay(main, started!.id)).endedAt !== undefined,
    );
    // their bytes are lost too, and each failure says so
    expect(await replay(main, started!.id)).toMatchObject({
      ...{ status: 'finished', refused: 20, delivered: 0 },
    });
    expect((await summary(main)).open).toBe(20);
  });
});
