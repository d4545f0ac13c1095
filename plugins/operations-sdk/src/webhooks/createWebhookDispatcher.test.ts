import { Queue } from 'bullmq';
import {
  getTestRedis,
  TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { createWebhookDispatcher } from './createWebhookDispatcher';
import { startPortal } from './__testUtils__/portal';
import { Receiver, startReceiver } from './__testUtils__/receiver';
import { verifiers } from './__testUtils__/verifiers';
import type {
  WebhookDispatcher,
  WebhookDispatcherOptions,
  WebhookEndpoint,
} from './types';

jest.setTimeout(60_000);

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

describe('createWebhookDispatcher', () => {
  let redis: TestRedis;
  let portal: ReturnType<typeof startPortal>;
  const receivers: Receiver[] = [];
  const dispatchers: WebhookDispatcher[] = [];
  let endpoints: Record<string, WebhookEndpoint>;

  beforeEach(async () => {
    redis = await getTestRedis();
    portal = startPortal(redis.url, redis.namespace);
    endpoints = {};
  });

  afterEach(async () => {
    await Promise.all(dispatchers.splice(0).map(d => d.close()));
    await Promise.all(receivers.splice(0).map(r => r.close()));
    portal.close();
    await redis.close();
  });

  async function receiver(name: string, more: Partial<WebhookEndpoint> = {}) {
    const started = await startReceiver();
    receivers.push(started);
    endpoints[name] = { url: started.url, secrets: [SECRET], ...more };
    return started;
  }

  async function dispatcher(options: Partial<WebhookDispatcherOptions> = {}) {
    const created = createWebhookDispatcher({
      connection: redis.url,
      namespace: redis.namespace,
      queuePrefix: redis.queuePrefix,
      endpoint: (_tenant, name) => endpoints[name],
      egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
      retry: { attempts: 1, spanMs: 0 },
      timeoutMs: 2_000,
      ...options,
    });
    dispatchers.push(created);
    await created.start();
    return created;
  }

  const message = (more = {}) => ({
    tenant: 'nordic-gym',
    endpoint: 'main',
    eventType: 'payment.confirmed',
    payload: { payment: 'pay_1', amount: 49900 },
    ...more,
  });
  const refuse =
    (status: number, headers = {}, body = '') =>
    (_: unknown, response: import('node:http').ServerResponse) =>
      response.writeHead(status, headers).end(body);

  it('tries again until it is delivered, always under the same id, and reports nothing then', async () => {
    const main = await receiver('main');
    main.answer = (_request, response) =>
      response.writeHead(main.requests.length < 3 ? 503 : 204).end();
    const platform = await dispatcher({ retry: { attempts: 5, spanMs: 400 } });
    const { id } = await platform.send(message());
    await main.until(() => main.accepted.get(id) === 1);
    expect(main.requests.map(r => r.headers['webhook-id'])).toEqual([
      id,
      id,
      id,
    ]);
    expect(
      main.requests.map(r =>
        verifiers(SECRET, r.body, r.headers as Record<string, string>),
      ),
    ).toEqual(Array(3).fill([true, true]));
    expect(await portal.redis.xlen(portal.keys.webhookFailures)).toBe(0);
  });

  it('reports what finally failed with every attempt, and a replay sends the same bytes under the same id', async () => {
    const main = await receiver('main');
    main.answer = refuse(500, { 'x-trace': 't1' }, 'out of order');
    const platform = await dispatcher({ retry: { attempts: 3, spanMs: 60 } });
    const { id } = await platform.send(message());
    await portal.until(() => portal.ofKind('failure').length === 1);
    const [failure] = portal.ofKind('failure');
    expect(failure).toMatchObject({
      tenant: 'nordic-gym',
      endpoint: 'main',
      url: main.url,
      webhookId: id,
      eventType: 'payment.confirmed',
      error: { class: 'server-error', code: '500' },
    });
    expect(failure.attempts.map(a => [a.n, a.status, a.responseBody])).toEqual([
      [1, 500, 'out of order'],
      [2, 500, 'out of order'],
      [3, 500, 'out of order'],
    ]);
    expect(failure.attempts[0].responseHeaders).toMatchObject({
      'x-trace': 't1',
    });

    main.answer = refuse(200);
    await portal.command({
      commandId: 'c1',
      tenant: 'nordic-gym',
      endpoint: 'main',
      webhookId: id,
    });
    await portal.until(() => portal.ofKind('replay').length === 1);
    expect(portal.ofKind('replay')[0]).toMatchObject({
      commandId: 'c1',
      outcome: 'delivered',
      attempts: [{ n: 4, status: 200, replay: 'c1' }],
    });
    expect(new Set(main.requests.map(r => r.body)).size).toBe(1);
    expect(main.accepted.get(id)).toBe(1);
  });

  it('[webhooks.1] signs the replay of a day-old failure anew, so that both verifiers accept it though they refuse the old headers', async () => {
    const main = await receiver('main');
    main.answer = refuse(503);
    const platform = await dispatcher();
    const dayAgo = Date.now() - 24 * 3600 * 1000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => dayAgo);
    const { id } = await platform.send(message());
    await main.until(() => main.requests.length === 1);
    clock.mockRestore();
    await portal.until(() => portal.ofKind('failure').length === 1);

    main.answer = refuse(204);
    await portal.command({
      commandId: 'c1',
      tenant: 'nordic-gym',
      endpoint: 'main',
      webhookId: id,
    });
    await main.until(() => main.accepted.get(id) === 1);
    const [old, replayed] = main.requests.map(r =>
      verifiers(SECRET, r.body, r.headers as Record<string, string>),
    );
    expect(old).toEqual([false, false]);
    expect(replayed).toEqual([true, true]);
    expect(main.requests[1].body).toBe(main.requests[0].body);
  });

  it('executes a command once, however often it arrives, and sends what was delivered again only if it says so', async () => {
    const main = await receiver('main');
    main.answer = refuse(500);
    const platform = await dispatcher();
    const { id } = await platform.send(message());
    await portal.until(() => portal.ofKind('failure').length === 1);
    main.answer = refuse(204);
    const replay = (commandId: string, force = false) =>
      portal.command({
        commandId,
        force,
        tenant: 'nordic-gym',
        endpoint: 'main',
        webhookId: id,
      });
    const ended = (commandId: string) =>
      portal.until(() =>
        portal.ofKind('replay').some(r => r.commandId === commandId),
      );
    await Promise.all([replay('same'), replay('same'), replay('same')]);
    await ended('same');
    await replay('same');
    await replay('other');
    await ended('other');
    expect(main.accepted.get(id)).toBe(1);
    expect(
      portal.ofKind('replay').find(r => r.commandId === 'other'),
    ).toMatchObject({ outcome: 'delivered', attempts: [] });
    await replay('forced', true);
    await ended('forced');
    expect(main.accepted.get(id)).toBe(2);

    // BullMQ, which keeps its newest jobs alone, may have forgotten the first one
    const queue = new Queue('webhooks', {
      connection: redis.client(),
      prefix: redis.queuePrefix,
    });
    await until(async () => (await queue.remove('r-forced')) === 1);
    await replay('forced', true);
    const commands = () => portal.redis.xlen(portal.keys.webhookReplays);
    await until(async () => (await commands()) === 0, { seen: commands });
    expect(await queue.getJob('r-forced')).toBeUndefined();
    // or it was on its way when the first one ended
    const late = await queue.add('replay', {
      v: 1,
      kind: 'replay',
      message: {
        v: 1,
        requestedAt: new Date().toISOString(),
        commandId: 'forced',
        force: true,
        tenant: 'nordic-gym',
        endpoint: 'main',
        webhookId: id,
      },
      createdAt: Date.now(),
    });
    await until(() => late.isCompleted(), { seen: () => late.getState() });
    expect(main.accepted.get(id)).toBe(2);
    await queue.close();
  });

  it('sends nothing more of a bulk replay that was stopped', async () => {
    const main = await receiver('main');
    main.answer = refuse(500);
    const platform = await dispatcher();
    const { id } = await platform.send(message());
    await portal.until(() => portal.ofKind('failure').length === 1);
    await portal.redis.set(portal.keys.webhookReplayStop('b1'), '1');
    await portal.command({
      commandId: 'c1',
      bulkId: 'b1',
      tenant: 'nordic-gym',
      endpoint: 'main',
      webhookId: id,
    });
    await portal.until(() => portal.ofKind('replay').length === 1);
    expect(portal.ofKind('replay')[0].outcome).toBe('stopped');
    expect(main.requests).toHaveLength(1);
  });

  it('says so when the bytes of a delivery are no longer kept', async () => {
    await receiver('main');
    await dispatcher();
    await portal.command({
      commandId: 'c1',
      tenant: 'nordic-gym',
      endpoint: 'main',
      webhookId: 'msg_forgotten',
    });
    await portal.until(() => portal.ofKind('replay').length === 1);
    expect(portal.ofKind('replay')[0]).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('no longer keeps'),
    });
  });

  it('lets an endpoint that hangs starve no other', async () => {
    const hanging = await receiver('hanging');
    hanging.answer = () => {}; // never
    const main = await receiver('main');
    const platform = await dispatcher({ concurrency: 40, timeoutMs: 30_000 });
    await platform.sendMany(
      Array.from({ length: 400 }, () => message({ endpoint: 'hanging' })),
    );
    const sent = await platform.sendMany(
      Array.from({ length: 50 }, () => message()),
    );
    await main.until(() => main.accepted.size === 50);
    expect(sent.every(({ id }) => main.accepted.get(id) === 1)).toBe(true);
    expect(hanging.mostAtOnce).toBeLessThanOrEqual(8);
    receivers.splice(0, 1);
    const closing = hanging.close();
    await closing;
  });

  it('lets an endpoint that is down starve no other, and lets its own deliveries wait', async () => {
    const down = await receiver('down');
    down.answer = refuse(503);
    const main = await receiver('main');
    const platform = await dispatcher({
      concurrency: 20,
      retry: { attempts: 3, spanMs: 600_000 },
    });
    const lost = await platform.sendMany(
      Array.from({ length: 400 }, () => message({ endpoint: 'down' })),
    );
    await down.until(() => down.requests.length >= 5);
    const sent = await platform.sendMany(
      Array.from({ length: 100 }, () => message()),
    );
    await main.until(() => main.accepted.size === 100);
    expect(sent.every(({ id }) => main.accepted.get(id) === 1)).toBe(true);
    // those under way when the circuit opened, and nothing after
    expect(down.requests.length).toBeLessThanOrEqual(5 + 8);
    expect(lost).toHaveLength(400);
    expect(portal.ofKind('failure')).toEqual([]);
  });

  it('shares circuits: what one dispatcher finds down, another leaves alone too, and one of them goes to see', async () => {
    const main = await receiver('main');
    main.answer = refuse(503);
    const circuit = { failures: 3, cooldownMs: 1_500, maxCooldownMs: 1_500 };
    const retry = { attempts: 100, spanMs: 600_000 };
    const [first, second] = await Promise.all([
      dispatcher({ circuit, retry }),
      dispatcher({ circuit, retry }),
    ]);
    await first.sendMany(Array.from({ length: 30 }, () => message()));
    await second.sendMany(Array.from({ length: 30 }, () => message()));
    await portal.until(() => portal.ofKind('endpoint').length >= 1);
    const atOpening = main.requests.length;
    // each report of "down" after the first is a delivery that went to see
    await portal.until(() => portal.ofKind('endpoint').length >= 3);
    const reports = portal.ofKind('endpoint');
    expect(new Set(reports.map(r => r.state))).toEqual(new Set(['down']));
    expect(new Set(reports.map(r => r.since)).size).toBe(1);
    expect(reports.every(r => r.openForMs! >= 1_100)).toBe(true);
    const wentToSee = reports.length - 1;
    expect(atOpening).toBeLessThanOrEqual(3 + 8);
    // what was under way at the opening may still have come in after it was reported
    expect(main.requests.length).toBeLessThanOrEqual(3 + 8 + wentToSee + 1);
    main.answer = refuse(204);
    await portal.until(() =>
      portal.ofKind('endpoint').some(r => r.state === 'up'),
    );
    await main.until(() => main.accepted.size >= 1);
    expect(await portal.redis.hlen(portal.keys.webhookEndpoints)).toBe(0);
  });

  it('leaves an endpoint that is down alone, says so, and says when it is back', async () => {
    const main = await receiver('main');
    main.answer = refuse(503);
    const platform = await dispatcher({
      // the one that finds it back must meet a circuit that opens within its own span
      circuit: { failures: 3, cooldownMs: 300, maxCooldownMs: 300 },
      retry: { attempts: 50, spanMs: 1_500 },
    });
    await platform.sendMany(Array.from({ length: 40 }, () => message()));
    await portal.until(() =>
      portal.ofKind('endpoint').some(r => r.state === 'down'),
    );
    await portal.until(() => portal.ofKind('failure').length === 40);
    // 40 deliveries with up to 50 attempts each would be 2,000
    expect(main.requests.length).toBeLessThan(40);
    expect(new Set(portal.ofKind('failure').map(f => f.error.class))).toEqual(
      new Set(['server-error']),
    );
    main.answer = refuse(204);
    await platform.send(message());
    await portal.until(() =>
      portal.ofKind('endpoint').some(r => r.state === 'up'),
    );
  });

  it('sends an endpoint that answered 410 nothing more, until a replay finds it back', async () => {
    const main = await receiver('main');
    main.answer = refuse(410);
    const gone: string[] = [];
    const platform = await dispatcher({
      retry: { attempts: 5, spanMs: 100 },
      onEndpointGone: (tenant, endpoint) => {
        gone.push(`${tenant}/${endpoint}`);
      },
    });
    const { id } = await platform.send(message());
    await portal.until(() => portal.ofKind('endpoint').length === 1);
    await platform.send(message());
    await portal.until(() => portal.ofKind('failure').length === 2);
    expect(main.requests).toHaveLength(1);
    expect(gone).toEqual(['nordic-gym/main']);
    main.answer = refuse(204);
    await portal.command({
      commandId: 'c1',
      tenant: 'nordic-gym',
      endpoint: 'main',
      webhookId: id,
    });
    await portal.until(() =>
      portal.ofKind('endpoint').some(r => r.state === 'up'),
    );
    expect(main.accepted.get(id)).toBe(1);
  });

  it('waits as long as a throttling receiver asks', async () => {
    const main = await receiver('main');
    main.answer = (_request, response) =>
      main.requests.length === 1
        ? response.writeHead(429, { 'retry-after': '1' }).end()
        : response.writeHead(204).end();
    const platform = await dispatcher({
      retry: { attempts: 3, spanMs: 5_000 },
    });
    const startedAt = Date.now();
    const { id } = await platform.send(message());
    await main.until(() => main.accepted.get(id) === 1);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  });

  it('[webhooks.8] keeps an endpoint under its cap over several dispatchers', async () => {
    const main = await receiver('main', { concurrency: 3 });
    main.answer = (_request, response) => {
      setTimeout(() => response.writeHead(204).end(), 10);
    };
    const [first] = await Promise.all([
      dispatcher(),
      dispatcher(),
      dispatcher(),
    ]);
    const sent = await first.sendMany(
      Array.from({ length: 150 }, () => message()),
    );
    await main.until(() => main.accepted.size === 150);
    expect(main.mostAtOnce).toBeLessThanOrEqual(3);
    expect(sent.every(({ id }) => main.accepted.get(id) === 1)).toBe(true);
  });

  it('[webhooks.5] lets no secret leave the platform: not from the payload, not in what the receiver echoes', async () => {
    const main = await receiver('main', {
      headers: { 'x-tenant-key': 'tenant-header-secret' },
    });
    main.answer = (request, response) =>
      response
        .writeHead(400, {
          'set-cookie': 'session=abcdef-session',
          'x-echo': JSON.parse(request.body).customer.bankAccount,
        })
        .end(
          `${request.body} ${request.headers['x-tenant-key']} ${SECRET} password=hunter2-other, for ghp_abcdefghij0123456789`,
        );
    const platform = await dispatcher({
      redact: ['customer.bankAccount', 'iban', 'items.*.licence'],
    });
    await platform.send(
      message({
        payload: {
          customer: { bankAccount: 'NO9386011117947', name: 'Åse' },
          card_number: '4242424242424242',
          iban: 'DE89370400440532013000',
          items: [{ licence: 'LIC-1234-5678', sku: 'gym' }],
          nested: JSON.stringify({ apiKey: 'sk_live_1234567890' }),
        },
      }),
    );
    await portal.until(() => portal.ofKind('failure').length === 1);
    const everything = JSON.stringify(
      await portal.redis.xrange(portal.keys.webhookFailures, '-', '+'),
    );
    for (const secret of [
      'NO9386011117947',
      '4242424242424242',
      'DE89370400440532013000',
      'LIC-1234-5678',
      'sk_live_1234567890',
      'tenant-header-secret',
      'abcdef-session',
      'hunter2-other',
      'ghp_abcdefghij0123456789',
      SECRET,
      SECRET.slice(6),
    ]) {
      expect(everything).not.toContain(secret);
    }
    const [failure] = portal.ofKind('failure');
    expect(failure.payload.redacted).toEqual([
      'customer.bankAccount',
      'card_number',
      'iban',
      'items.0.licence',
      'nested.apiKey',
    ]);
    expect(JSON.parse(failure.payload.text!)).toMatchObject({
      customer: { name: 'Åse', bankAccount: '[redacted]' },
    });
  });

  it('withholds a payload whose fields it cannot tell apart', async () => {
    const main = await receiver('main');
    main.answer = refuse(400);
    const platform = await dispatcher();
    await platform.send(
      message({ body: '<secret>1</secret>', contentType: 'text/xml' }),
    );
    await portal.until(() => portal.ofKind('failure').length === 1);
    const { payload } = portal.ofKind('failure')[0];
    expect(payload).toMatchObject({ size: 18, withheld: expect.any(String) });
    expect(payload.text).toBeUndefined();
  });
});
