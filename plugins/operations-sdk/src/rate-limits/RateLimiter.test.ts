import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { parseList } from 'structured-headers';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type {
  OverrideLimit,
  OverrideSubject,
  OverrideTable,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { RateLimitOverrideRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { Controls } from '../controls';
import { changed, publisherFor } from '../controls/__testUtils__/publish';
import { expressRateLimit } from './express';
import { fastifyRateLimit } from './fastify';
import { RateLimiter, type RateLimitClient } from './RateLimiter';

/** Its overrides, where Redis may not bring them. */
const tableOf = (limiter: RateLimiter) =>
  (limiter as unknown as { table: OverrideTable }).table;

describe('RateLimiter', () => {
  let server: PrivateTestRedis;
  let publisher: ReturnType<typeof publisherFor>;
  let controls: Controls;
  let limiter: RateLimiter;
  let now: number;
  const closing: Array<() => Promise<unknown>> = [];

  beforeEach(async () => {
    server = await startPrivateRedis();
    publisher = publisherFor(server.url, server.namespace);
    now = Date.now();
    controls = new Controls({
      connection: server.url,
      namespace: server.namespace,
      now: () => now,
      pollMs: 60_000,
      onError: () => {},
    });
    limiter = new RateLimiter({
      controls,
      connection: server.url,
      namespace: server.namespace,
      name: 'api',
      tenant: { limit: 5, windowSeconds: 60 },
      address: { limit: 3, windowSeconds: 60 },
    });
    await controls.ready;
    await publisher.redis.ping();
  });

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await limiter.close();
    await controls.close();
    publisher.close();
    await server.close();
  });

  async function override(
    id: string,
    subject: OverrideSubject,
    limit: OverrideLimit,
    life = { from: -1000, to: 60_000 },
  ) {
    const revision = await publisher.publish<RateLimitOverrideRecord>(
      'rate-limits',
      [
        {
          id,
          subject,
          limit,
          startsAt: new Date(now + life.from).toISOString(),
          endsAt: new Date(now + life.to).toISOString(),
        },
      ],
    );
    const state = controls.state('rate-limits');
    await changed(state, () => state.revision >= revision);
  }

  /** How many of `n` requests pass. */
  async function passed(client: RateLimitClient, n: number): Promise<number> {
    let count = 0;
    for (let i = 0; i < n; i++) {
      if ((await limiter.consume(client)).allowed) count++;
    }
    return count;
  }

  it('counts a tenant for itself and everybody else by address, IPv6 by /64', async () => {
    expect(await passed({ tenant: 'acme', ip: '192.0.2.1' }, 8)).toBe(5);
    expect(await passed({ tenant: 'globex', ip: '192.0.2.1' }, 8)).toBe(5);
    expect(await passed({ ip: '192.0.2.1' }, 8)).toBe(3);
    expect(await passed({ ip: '2001:db8::1' }, 2)).toBe(2);
    expect(await passed({ ip: '2001:db8::ffff' }, 5)).toBe(1);
    expect(await passed({ ip: '2001:db8:0:1::1' }, 5)).toBe(3);
  });

  it('obeys an override at once, in the middle of a window, and its end by the clock alone', async () => {
    expect(await passed({ tenant: 'acme' }, 8)).toBe(5);
    await override(
      'x3',
      { kind: 'tenant', tenant: 'acme' },
      { kind: 'multiplier', factor: 3 },
    );
    expect(await passed({ tenant: 'acme' }, 20)).toBe(15 - 5);
    now += 59_999;
    const during = await limiter.consume({ tenant: 'acme' });
    expect(during).toMatchObject({ allowed: false, quota: { limit: 15 } });
    now += 1;
    const after = await limiter.consume({ tenant: 'acme' });
    expect(after).toMatchObject({ allowed: true, quota: { limit: 5 } });
    expect(after.override).toBeUndefined();
  });

  describe.each(['Redis', 'this process'])('counting in %s', place => {
    beforeEach(async () => {
      if (place === 'Redis') return;
      await server.stop();
    });

    /** Redis may be away: the record reaches the table by itself. */
    const begin = async (id: string, limit: OverrideLimit) => {
      tableOf(limiter).update(id, {
        ...{ v: 1, id, revision: now, limit },
        subject: { kind: 'tenant', tenant: 'acme' },
        startsAt: new Date(now - 1).toISOString(),
        endsAt: new Date(now + 1_000).toISOString(),
      });
    };

    it('[guarantees.7] a raised limit lets pass at once who was refused: what was admitted counts; after its end the normal limit is whole', async () => {
      expect(await passed({ tenant: 'acme' }, 100)).toBe(5);
      await begin('x5', { kind: 'multiplier', factor: 5 });
      expect(await passed({ tenant: 'acme' }, 60)).toBe(25 - 5);
      now += 1_000;
      expect(await passed({ tenant: 'acme' }, 60)).toBe(5);
      await begin('x2', { kind: 'multiplier', factor: 2 });
      expect(await passed({ tenant: 'acme' }, 60)).toBe(10 - 5);
      await begin('x2', { kind: 'multiplier', factor: 3 });
      expect(await passed({ tenant: 'acme' }, 60)).toBe(15 - 10);
    });

    it('[guarantees.7] what passes without a limit is not held against a client afterwards', async () => {
      expect(await passed({ tenant: 'acme' }, 10)).toBe(5);
      await begin('free', { kind: 'unlimited' });
      expect(await passed({ tenant: 'acme' }, 60)).toBe(60);
      now += 1_000;
      expect(await passed({ tenant: 'acme' }, 60)).toBe(5);
    });
  });

  describe('[guarantees.7] an address', () => {
    const errors: string[] = [];

    beforeEach(async () => {
      errors.length = 0;
      await limiter.close();
      limiter = new RateLimiter({
        controls,
        connection: server.url,
        namespace: server.namespace,
        name: 'api',
        address: { limit: 3, windowSeconds: 60 },
        onError: error => errors.push(error.message),
      });
    });

    it('is counted as one, with a port or without, in brackets, mapped, quoted, with a zone', async () => {
      let ports = 50_000;
      for (const spell of [
        () => `203.0.113.7:${ports++}`,
        () => `::ffff:203.0.113.7`,
        () => `[::ffff:cb00:7107]:${ports++}`,
        () => `::ffff:203.0.113.7:${ports++}`,
        () => `"203.0.113.7:${ports++}"`,
        () => ' 203.0.113.7 ',
      ]) {
        await limiter.consume({ ip: spell() });
      }
      expect(await limiter.consume({ ip: '203.0.113.7' })).toMatchObject({
        allowed: false,
      });
      expect(await passed({ ip: '203.0.113.7:51234' }, 10)).toBe(0);
      expect(await passed({ ip: '[2001:db8::1]:443' }, 2)).toBe(2);
      expect(await passed({ ip: '[2001:db8::2%eth0]' }, 10)).toBe(1);
      await override(
        'network',
        { kind: 'cidr', cidr: '203.0.113.0/24' },
        { kind: 'multiplier', factor: 2 },
      );
      expect(await passed({ ip: '203.0.113.8:51234' }, 10)).toBe(6);
      expect(errors).toEqual([]);
    });

    it('that cannot be read is counted with all such as one, and said once', async () => {
      const strange = ['unknown', '_hidden', '', '1.2.3', '[::1', '1.2.3.4:x'];
      const answers = await Promise.all(
        strange.map(ip => limiter.consume({ ip })),
      );
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(3);
      expect(await passed({}, 5)).toBe(0);
      expect(errors).toEqual([
        'Limiter api: "unknown" is no IP address; such requests are counted together as one unknown address',
      ]);
    });
  });

  it('lets everything pass under unlimited, and still counts what it lets pass', async () => {
    await override(
      'free',
      { kind: 'cidr', cidr: '192.0.2.0/24' },
      { kind: 'unlimited' },
    );
    expect(await passed({ tenant: 'acme', ip: '192.0.2.77' }, 50)).toBe(50);
    expect(await passed({ tenant: 'acme', ip: '198.51.100.1' }, 8)).toBe(5);
  });

  it('counts a fixed limit with a window of its own apart', async () => {
    await override(
      'fixed',
      { kind: 'ip', ip: '192.0.2.9' },
      { kind: 'fixed', limit: 7, windowSeconds: 10 },
    );
    const decision = await limiter.consume({ ip: '192.0.2.9' });
    expect(decision.quota).toEqual({ limit: 7, windowSeconds: 10 });
    expect(await passed({ ip: '192.0.2.9' }, 20)).toBe(6);
  });

  it('goes on limiting, in this process, while Redis is away', async () => {
    await override(
      'x2',
      { kind: 'tenant', tenant: 'acme' },
      { kind: 'multiplier', factor: 2 },
    );
    await server.stop();
    expect(await passed({ tenant: 'acme' }, 30)).toBe(10);
    expect(await passed({ tenant: 'globex' }, 30)).toBe(5);
  });

  it('reports what passed and what was refused, per minute and subject', async () => {
    await passed({ tenant: 'acme', ip: '192.0.2.1' }, 8);
    await limiter.close();
    const minute = Math.floor(now / 60_000);
    const key = publisher.keys.limiterUsage('api', minute);
    expect(await publisher.redis.hgetall(key)).toEqual({
      'p:t:acme': '5',
      'r:t:acme': '3',
      'p:i:192.0.2.1': '5',
      'r:i:192.0.2.1': '3',
    });
    expect(await publisher.redis.ttl(key)).toBeGreaterThan(3600);
    const announced = await publisher.redis.hget(
      publisher.keys.limiters,
      'api',
    );
    expect(JSON.parse(announced!)).toMatchObject({
      tenant: { limit: 5, windowSeconds: 60 },
      address: { limit: 3, windowSeconds: 60 },
    });
  });

  it('[controls.9] asks Redis once for a request, whatever is overridden, and sends what is asked together in few writes', async () => {
    await publisher.publish<RateLimitOverrideRecord>(
      'rate-limits',
      Array.from({ length: 10_000 }, (_, i) => ({
        id: `o${i}`,
        subject: { kind: 'tenant' as const, tenant: `tenant-${i}` },
        limit: { kind: 'multiplier' as const, factor: 2 },
        startsAt: new Date(now - 1000).toISOString(),
        endsAt: new Date(now + 60_000).toISOString(),
      })),
    );
    const state = controls.state('rate-limits');
    await changed(state, () => state.records.size === 10_000);
    // the script is known to the server after the first
    await limiter.consume({ tenant: 'tenant-1' });
    const calls = async () => {
      const stats = await publisher.redis.info('commandstats');
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const reads = async () => {
      const stats = await publisher.redis.info('stats');
      return Number(/total_reads_processed:(\d+)/.exec(stats)?.[1]);
    };
    const before = { calls: await calls(), reads: await reads() };
    const decisions = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        limiter.consume({ tenant: `tenant-${i}`, ip: `192.0.2.${i % 250}` }),
      ),
    );
    expect(decisions.every(d => d.quota?.limit === 10)).toBe(true);
    expect((await calls()) - before.calls).toBe(1_000);
    expect((await reads()) - before.reads).toBeLessThan(500);
  });

  const frameworks = {
    async express() {
      const app = express();
      app.use(
        expressRateLimit(limiter, {
          tenant: request => request.headers['x-tenant'] as string | undefined,
        }),
      );
      app.get('/', (_request, response) => {
        response.json({ ok: true });
      });
      const http: Server = app.listen(0, '127.0.0.1');
      await once(http, 'listening');
      closing.push(() => new Promise(resolve => http.close(resolve)));
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    },
    async fastify() {
      const app = fastify();
      app.addHook(
        'onRequest',
        fastifyRateLimit(limiter, {
          tenant: (request: { ip: string; headers: Record<string, unknown> }) =>
            request.headers['x-tenant'] as string | undefined,
        }),
      );
      app.get('/', async () => ({ ok: true }));
      closing.push(() => app.close());
      return app.listen({ port: 0, host: '127.0.0.1' });
    },
  };

  it.each(Object.entries(frameworks))(
    'tells clients of %s where they stand in structured fields, and refuses with problem details',
    async (_name, listen) => {
      const url = await listen();
      const headers = { 'x-tenant': 'acme', connection: 'close' };
      const first = await fetch(url, { headers });
      expect(first.status).toBe(200);
      const [[policy, policyParameters]] = parseList(
        first.headers.get('ratelimit-policy')!,
      );
      expect(policy).toBe('api');
      expect(Object.fromEntries(policyParameters)).toEqual({ q: 5, w: 60 });
      const [[name, remaining]] = parseList(first.headers.get('ratelimit')!);
      expect(name).toBe('api');
      expect(remaining.get('r')).toBe(4);
      expect(remaining.get('t')).toBeGreaterThan(50);

      for (let i = 0; i < 4; i++) await fetch(url, { headers });
      const refused = await fetch(url, { headers });
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(refused.headers.get('content-type')).toContain(
        'application/problem+json',
      );
      expect(await refused.json()).toMatchObject({
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        status: 429,
        'violated-policies': ['api'],
      });
      expect(JSON.stringify([...refused.headers])).not.toContain('acme');
    },
  );
});
