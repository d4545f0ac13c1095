import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import fastify from 'fastify';
import type { MaintenanceRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { startHarness, type Harness } from '../controls/__testUtils__/harness';
import type { MaintenanceGuardOptions } from './guard';
import {
  expressMaintenanceGuard,
  fastifyMaintenanceGuard,
  maintenanceBannerHandler,
  maintenanceBannerScript,
} from './http';
import { Maintenance, MaintenanceError } from './Maintenance';

const MINUTE = 60_000;

describe('Maintenance', () => {
  let harness: Harness;
  let maintenance: Maintenance;
  const closing: Array<() => Promise<unknown>> = [];

  beforeEach(async () => {
    harness = await startHarness();
    maintenance = new Maintenance(harness.controls);
  });

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await harness.close();
  });

  let windows = 0;
  function plan(
    mode: MaintenanceRecord['mode'],
    fromMinutes: number,
    toMinutes: number,
    extra: Partial<MaintenanceRecord> = {},
  ) {
    windows++;
    return harness.publish<MaintenanceRecord>('maintenance', {
      id: `w${windows}`,
      scope: { kind: 'tenant', tenant: 'acme' },
      mode,
      startsAt: harness.iso(fromMinutes * MINUTE),
      endsAt: harness.iso(toMinutes * MINUTE),
      timezone: 'Europe/Stockholm',
      messages: {},
      holdJobs: true,
      ...extra,
    });
  }

  it('begins and ends on time, by the clock', async () => {
    await plan('read-only', 1, 2);
    expect(maintenance.stateOf('acme')).toBeUndefined();
    harness.clock.now += MINUTE - 1;
    expect(maintenance.stateOf('acme')).toBeUndefined();
    harness.clock.now += 1;
    expect(maintenance.stateOf('acme')?.mode).toBe('read-only');
    expect(maintenance.stateOf('globex')).toBeUndefined();
    harness.clock.now += MINUTE - 1;
    expect(maintenance.stateOf('acme')?.mode).toBe('read-only');
    harness.clock.now += 1;
    expect(maintenance.stateOf('acme')).toBeUndefined();
  });

  it('takes the stricter of overlapping windows, the platform as well as the tenant, and says when it is milder and when it is over', async () => {
    await plan('read-only', -1, 10, { scope: { kind: 'platform' } });
    await plan('offline', -1, 3);
    await plan('offline', 3, 5);
    await plan('read-only', 10, 12);
    expect(maintenance.stateOf('acme')).toEqual({
      mode: 'offline',
      until: harness.clock.now + 5 * MINUTE,
      clearAt: harness.clock.now + 12 * MINUTE,
    });
    expect(maintenance.stateOf('globex')?.mode).toBe('read-only');
    expect(maintenance.stateOf(undefined)?.mode).toBe('read-only');
  });

  it("holds an offline tenant's jobs, unless the window says not to", async () => {
    await plan('read-only', -1, 10);
    expect(maintenance.isTenantHeld('acme')).toBe(false);
    await plan('offline', -1, 10, { holdJobs: false });
    expect(maintenance.isTenantHeld('acme')).toBe(false);
    await plan('offline', -1, 10);
    expect(maintenance.isTenantHeld('acme')).toBe(true);
    expect(maintenance.isTenantHeld('globex')).toBe(false);
    harness.clock.now += 10 * MINUTE;
    expect(maintenance.isTenantHeld('acme')).toBe(false);
  });

  interface Asked {
    method: string;
    url: string;
    headers: Record<string, string | string[] | undefined>;
  }
  const guardOptions: MaintenanceGuardOptions<Asked> = {
    tenant: request => request.headers['x-tenant'] as string | undefined,
    allow: ['/health', { method: 'POST', path: '/webhooks-in' }],
    bypass: request => request.headers['x-operator'] === 'yes',
  };

  const frameworks = {
    async express(writes: string[]) {
      const app = express();
      app.use(expressMaintenanceGuard(maintenance, guardOptions as never));
      app.all('*', (request, response) => {
        if (request.method !== 'GET') writes.push(request.path);
        response.json({});
      });
      const http = app.listen(0, '127.0.0.1');
      await once(http, 'listening');
      closing.push(() => new Promise(resolve => http.close(resolve)));
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    },
    async fastify(writes: string[]) {
      const app = fastify();
      app.addHook(
        'onRequest',
        fastifyMaintenanceGuard(maintenance, guardOptions),
      );
      app.all('*', async request => {
        if (request.method !== 'GET') writes.push(request.url);
        return {};
      });
      closing.push(() => app.close());
      return app.listen({ port: 0, host: '127.0.0.1' });
    },
  };

  it.each(Object.entries(frameworks))(
    '[controls.3] %s: read-only lets nothing but safe methods pass, offline nothing but the allow-list, and an operator is never locked out',
    async (_name, listen) => {
      const writes: string[] = [];
      const url = await listen(writes);
      const ask = async (method: string, path: string, more = {}) => {
        const response = await fetch(url + path, {
          method,
          headers: { 'x-tenant': 'acme', connection: 'close', ...more },
        });
        return response;
      };
      await plan('read-only', -1, 10);
      expect((await ask('GET', '/orders')).status).toBe(200);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect((await ask(method, '/orders')).status).toBe(503);
      }
      expect(writes).toEqual([]);
      expect((await ask('POST', '/webhooks-in/stripe')).status).toBe(200);
      expect(
        (await ask('POST', '/orders', { 'x-tenant': 'globex' })).status,
      ).toBe(200);

      await plan('offline', -1, 5);
      const refused = await ask('GET', '/orders?x=/health');
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBe(300);
      expect(refused.headers.get('content-type')).toContain(
        'application/problem+json',
      );
      expect(await refused.json()).toMatchObject({
        status: 503,
        mode: 'offline',
        until: harness.iso(5 * MINUTE),
      });
      expect((await ask('GET', '/health')).status).toBe(200);
      expect((await ask('GET', '/health/db')).status).toBe(200);
      expect((await ask('GET', '/healthy')).status).toBe(503);
      expect((await ask('DELETE', '/webhooks-in')).status).toBe(503);
      expect(
        (await ask('POST', '/orders', { 'x-operator': 'yes' })).status,
      ).toBe(200);
    },
  );

  it('[controls.3] a write that passed the guard before a window began does not reach the data after it began', async () => {
    const data: number[] = [];
    const write = async (passedGuard: Promise<void>) => {
      expect(maintenance.stateOf('acme')).toBeUndefined();
      await passedGuard;
      maintenance.assertWritable('acme');
      data.push(harness.clock.now);
    };
    await plan('read-only', 1, 2);
    let proceed = () => {};
    const slow = write(new Promise(resolve => (proceed = resolve)));
    await write(Promise.resolve());
    harness.clock.now += MINUTE;
    proceed();
    await expect(slow).rejects.toThrow(MaintenanceError);
    expect(data).toHaveLength(1);
  });

  it('tells users in their language of what is under way and announced, and nothing of who and why', async () => {
    const app = express();
    app.get(
      '/public/maintenance',
      maintenanceBannerHandler(maintenance, { tenant: () => 'acme' }),
    );
    const http = app.listen(0, '127.0.0.1');
    await once(http, 'listening');
    closing.push(() => new Promise(resolve => http.close(resolve)));
    const url = `http://127.0.0.1:${
      (http.address() as AddressInfo).port
    }/public/maintenance`;
    const messages = { en: 'We move house <b>', 'sv-SE': 'Vi flyttar' };
    await plan('offline', 60, 120, {
      messages,
      announceAt: harness.iso(-MINUTE),
    });
    await plan('offline', 60, 120, { messages });
    const headers = {
      'accept-language': 'fi;q=0.9, sv;q=0.8, en;q=0.1',
      connection: 'close',
    };
    const { windows: shown } = await (await fetch(url, { headers })).json();
    expect(shown).toHaveLength(1);
    expect(shown[0].message).toEqual({ language: 'sv-SE', text: 'Vi flyttar' });
    expect(Object.keys(shown[0]).sort()).toEqual([
      'endsAt',
      'id',
      'message',
      'mode',
      'scope',
      'startsAt',
      'timezone',
    ]);
    const english = await (await fetch(`${url}?lang=en`, { headers })).json();
    expect(english.windows[0].message.text).toBe('We move house <b>');
  });

  it('serves a banner element under 3 kB', () => {
    expect(
      gzipSync(maintenanceBannerScript(), { level: 9 }).length,
    ).toBeLessThan(3 * 1024);
  });
});
