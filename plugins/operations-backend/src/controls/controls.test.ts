import { mockCredentials } from '@backstage/backend-test-utils';
import {
  rateLimitOverridePermission,
  type Flag,
  type RateLimitOverride,
} from '@craft-easy/backstage-plugin-operations-common';
import { within } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { usageField } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { Controls } from '@craft-easy/operations-sdk/controls';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { ALLOW, DENY } from '../__testUtils__/startOperations';
import { startControls } from './__testUtils__/startControls';

jest.setTimeout(30_000);

const databases = createTestDatabases();
const HOUR = 3_600_000;
const reason = 'a backlog has to be drained';
const inFuture = (ms: number) => new Date(Date.now() + ms).toISOString();
const base = '/api/operations';

describe.each(databases.eachSupportedId())('controls over HTTP on %s', id => {
  let operations: Awaited<ReturnType<typeof startControls>>;
  let platform: Controls;
  const viewer = 'user:default/viewer';

  beforeAll(async () => {
    const knex = await databases.init(
      id,
      ...['controls', 'rate_limits', 'flags', 'maintenance'],
      'audit',
    );
    operations = await startControls({
      knex,
      policy: (permission, user) =>
        user === viewer && permission.attributes.action !== 'read'
          ? DENY
          : ALLOW,
      config: {
        flags: [
          {
            key: 'from-config',
            type: 'boolean',
            defaultVariant: 'off',
            description: 'declared',
          },
        ],
        rateLimits: { maxDurationHours: 4, maxFactor: 10 },
      },
    });
    platform = new Controls({
      connection: operations.server.url,
      namespace: operations.server.namespace,
    });
    await platform.ready;
  });

  afterAll(async () => {
    await platform?.close();
    await operations?.stop();
  });

  const api = () => request(operations.http);
  const audit = async () =>
    (await operations.knex('audit').orderBy('sequence')).map(row =>
      JSON.parse(row.body),
    );

  function when(
    kind: 'rate-limits' | 'flags' | 'maintenance',
    yes: () => boolean,
  ) {
    const state = platform.state(kind);
    const holds = new Promise<void>(resolve => {
      let stop = () => {};
      const check = () => {
        if (!yes()) return;
        stop();
        resolve();
      };
      stop = state.onChange(check);
      check();
    });
    return within(
      () => `${yes}; the platform knows ${[...state.records.keys()]}`,
      holds,
    );
  }

  describe('rate limits', () => {
    const body = {
      subject: { kind: 'tenant', tenant: 'acme' },
      limit: { kind: 'multiplier', factor: 5 },
      reason,
    };

    it('reach the platform at once, are extended, and end early; each step is audited', async () => {
      const created = await api()
        .post(`${base}/v1/rate-limit-overrides`)
        .set('Idempotency-Key', 'one')
        .send({ ...body, endsAt: inFuture(HOUR) })
        .expect(201);
      const override: RateLimitOverride = created.body.override;
      expect(override).toMatchObject({ state: 'active', published: true });
      await when('rate-limits', () =>
        platform.state('rate-limits').records.has(override.id),
      );

      const again = await api()
        .post(`${base}/v1/rate-limit-overrides`)
        .set('Idempotency-Key', 'two')
        .send({ ...body, endsAt: inFuture(HOUR) })
        .expect(409);
      expect(again.body.error.message).toContain('extend it or end it');

      const path = `${base}/v1/rate-limit-overrides/${override.id}`;
      const endsAt = inFuture(2 * HOUR);
      await api().post(`${path}/extend`).send({ endsAt, reason }).expect(200);
      await when(
        'rate-limits',
        () =>
          platform.state('rate-limits').records.get(override.id)?.endsAt ===
          endsAt,
      );
      const ended = await api()
        .post(`${path}/end`)
        .send({ reason })
        .expect(200);
      expect(ended.body.override).toMatchObject({
        state: 'ended',
        endedEarly: true,
      });
      for (const [action, given] of [
        ['end', { reason }],
        ['extend', { reason, endsAt: inFuture(3 * HOUR) }],
      ] as const) {
        const late = await api().post(`${path}/${action}`).send(given);
        expect([late.status, late.body.error?.message]).toEqual([
          409,
          expect.stringContaining('It ended at'),
        ]);
      }
      const past = await api()
        .get(`${base}/v1/rate-limit-overrides?state=ended&subject=ACM`)
        .expect(200);
      expect(past.body).toMatchObject({ totalItems: 1 });
      const rows = await audit();
      expect(
        rows
          .filter(
            row =>
              row.kind === 'outcome' && row.action.startsWith('rate-limit'),
          )
          .map(row => `${row.action} ${row.outcome}`),
      ).toEqual([
        'rate-limit.override succeeded',
        'rate-limit.override refused',
        'rate-limit.extend-override succeeded',
        'rate-limit.end-override succeeded',
        'rate-limit.end-override refused',
        'rate-limit.extend-override refused',
      ]);
    });

    it.each([
      [{ ...body }, 400, 'endsAt'],
      [{ ...body, endsAt: null }, 400, 'endsAt'],
      [{ ...body, endsAt: '2020-01-01T00:00:00Z' }, 400, 'passed'],
      [{ ...body, endsAt: inFuture(5 * HOUR) }, 409, '4 hours'],
      [{ ...body, endsAt: inFuture(HOUR), reason: 'short' }, 400, 'reason'],
      [
        {
          ...body,
          endsAt: inFuture(HOUR),
          limit: { kind: 'multiplier', factor: 11 },
        },
        409,
        '10',
      ],
      [
        {
          ...body,
          endsAt: inFuture(HOUR),
          subject: { kind: 'cidr', cidr: '10.0.0.1/8' },
        },
        400,
        '10.0.0.0/8',
      ],
      [
        {
          ...body,
          endsAt: inFuture(HOUR),
          subject: { kind: 'cidr', cidr: '0.0.0.0/0' },
        },
        409,
        'too large',
      ],
      [
        {
          ...body,
          endsAt: inFuture(HOUR),
          subject: { kind: 'ip', ip: '10.0.0.256' },
        },
        400,
        'address',
      ],
    ])(
      'refuse what has no end, is too long or too much (%#)',
      async (wrong, status, words) => {
        const response = await api()
          .post(`${base}/v1/rate-limit-overrides`)
          .send(wrong)
          .expect(status);
        expect(response.body.error.message).toContain(words);
      },
    );

    it('are refused to whom may only look', async () => {
      const response = await api()
        .post(`${base}/v1/rate-limit-overrides`)
        .set('authorization', mockCredentials.user.header(viewer))
        .send({ nonsense: true })
        .expect(403);
      expect(response.body.error.message).toContain(
        rateLimitOverridePermission.name,
      );
      await api()
        .get(`${base}/v1/rate-limit-overrides`)
        .set('authorization', mockCredentials.user.header(viewer))
        .expect(200);
    });

    it('say what an override would have let through in the last hour', async () => {
      const { redis } = operations;
      const minute = Math.floor(Date.now() / 60_000) - 3;
      const key = redis.keys.limiterUsage('api', minute);
      await redis.execute(client =>
        client
          .multi()
          .hset(
            redis.keys.limiters,
            'api',
            JSON.stringify({
              v: 1,
              name: 'api',
              tenant: { limit: 100, windowSeconds: 60 },
              address: { limit: 10, windowSeconds: 60 },
              seenAt: new Date().toISOString(),
            }),
          )
          .hset(key, usageField('passed', 'tenant', 'acme'), 100)
          .hset(key, usageField('refused', 'tenant', 'acme'), 350)
          .hset(key, usageField('passed', 'address', '192.0.2.7'), 4)
          .hset(key, usageField('passed', 'address', '192.0.2.8'), 10)
          .hset(key, usageField('refused', 'address', '192.0.2.8'), 7)
          .hset(key, usageField('passed', 'address', '192.0.3.7'), 1000)
          .exec(),
      );
      const preview = await api()
        .get(`${base}/v1/rate-limit-overrides/preview`)
        .query({
          subjectKind: 'tenant',
          subject: 'acme',
          limitKind: 'multiplier',
          factor: 3,
        })
        .expect(200);
      expect(preview.body.limiters[0]).toMatchObject({
        quota: { limit: 100 },
        becomes: { limit: 300 },
        passed: 100,
        refused: 350,
        wouldHavePassed: 200,
      });
      const network = await api()
        .get(`${base}/v1/rate-limit-overrides/preview`)
        .query({
          subjectKind: 'cidr',
          subject: '192.0.2.0/24',
          limitKind: 'unlimited',
        })
        .expect(200);
      expect(network.body).toMatchObject({ addresses: 256 });
      expect(network.body.limiters[0]).toMatchObject({
        passed: 14,
        becomes: null,
        wouldHavePassed: 7,
      });
      const halved = await api()
        .get(`${base}/v1/rate-limit-overrides/preview`)
        .query({
          subjectKind: 'cidr',
          subject: '192.0.2.0/24',
          limitKind: 'multiplier',
          factor: 0.5,
        })
        .expect(200);
      // each address has five of its own: four are enough for the one, the other loses five of its
      // ten
      expect(halved.body.limiters[0].wouldHaveBeenRefused).toBe(5);
      const usage = await api().get(`${base}/v1/rate-limit-usage`).expect(200);
      expect(usage.body.subjects[0]).toMatchObject({
        name: 'acme',
        passedLastHour: 100,
        refusedLastHour: 350,
      });
    });
  });

  describe('flags', () => {
    async function create(key: string): Promise<Flag> {
      const response = await api()
        .post(`${base}/v1/flags`)
        .send({ key, type: 'boolean', defaultVariant: 'off', reason })
        .expect(201);
      return response.body.flag;
    }
    const put = (flag: Flag, body: object) =>
      api()
        .put(`${base}/v1/flags/${flag.key}`)
        .set('If-Match', flag.etag)
        .send({ reason, ...body });

    it('are declared in the configuration, or created here; the declared keep their definition', async () => {
      const declared = await api()
        .get(`${base}/v1/flags/from-config`)
        .expect(200);
      expect(declared.body).toMatchObject({ source: 'config', serving: 'off' });
      const edited = await put(declared.body, {
        variants: { on: true },
      }).expect(409);
      expect(edited.body.error.message).toContain('configuration');
      await put(declared.body, { variant: 'on' }).expect(200);
      await api()
        .delete(`${base}/v1/flags/from-config`)
        .set('If-Match', '*')
        .send({ reason })
        .expect(409);
    });

    it('[truth.25] take no number whose last digits are lost', async () => {
      const refused = await api()
        .post(`${base}/v1/flags`)
        .send({
          ...{ key: 'large', type: 'object', defaultVariant: 'on', reason },
          variants: { on: { ids: [1, 2 ** 53 + 2] } },
        })
        .expect(400);
      expect(refused.body.error.message).toBe(
        'body.variants.on.ids.1: whole numbers beyond 9007199254740991 lose their last digits on the way; send a text',
      );
      await api().get(`${base}/v1/flags/large`).expect(404);
    });

    it('[controls.6] a second operator gets 412 and sees what the first one changed', async () => {
      const flag = await create('checkout');
      const first = await put(flag, {
        variant: 'on',
        reason: 'the first operator',
      }).expect(200);
      const second = await put(flag, { variant: 'on' }).expect(412);
      expect(second.body.error.message).toContain('the first operator');
      expect(second.body.error.current).toMatchObject({
        serving: 'on',
        etag: first.body.flag.etag,
        changeReason: 'the first operator',
      });
      await api()
        .put(`${base}/v1/flags/checkout`)
        .send({ variant: 'on', reason })
        .expect(400);
      const both = await Promise.all([
        put(first.body.flag, { variant: 'off' }),
        put(first.body.flag, { description: 'new words' }),
      ]);
      expect(both.map(r => r.status).sort()).toEqual([200, 412]);
    });

    it('[controls.4] reach the platform at once, and are as before after their "until"', async () => {
      const flag = await create('two-hours');
      const until = inFuture(2 * HOUR);
      const { body } = await put(flag, { variant: 'on', until }).expect(200);
      expect(body.flag).toMatchObject({
        serving: 'on',
        until,
        afterVariant: 'off',
      });
      await when(
        'flags',
        () =>
          platform.state('flags').records.get('two-hours')?.variant === 'on',
      );
      expect(platform.state('flags').records.get('two-hours')).toMatchObject({
        until,
        afterVariant: 'off',
      });
      const longer = await put(body.flag, {
        variant: 'on',
        until: inFuture(3 * HOUR),
      }).expect(200);
      expect(longer.body.flag.afterVariant).toBe('off');
    });

    it('keep their history, and every change can be undone', async () => {
      const flag = await create('history');
      const on = await put(flag, {
        variant: 'on',
        reason: 'switched on for all',
      }).expect(200);
      const { body } = await api()
        .get(`${base}/v1/flags/history/history`)
        .expect(200);
      expect(body.items.map((c: { kind: string }) => c.kind)).toEqual([
        'changed',
        'created',
      ]);
      expect(body.items[0]).toMatchObject({
        reason: 'switched on for all',
        before: { variant: 'off' },
        after: { variant: 'on' },
      });
      const reverted = await api()
        .post(`${base}/v1/flags/history/revert`)
        .set('If-Match', on.body.flag.etag)
        .send({ changeId: body.items[0].id, reason })
        .expect(200);
      expect(reverted.body.flag.serving).toBe('off');
      await api()
        .delete(`${base}/v1/flags/history`)
        .set('If-Match', reverted.body.flag.etag)
        .send({ reason })
        .expect(200);
      await api().get(`${base}/v1/flags/history`).expect(404);
      await when(
        'flags',
        () => !platform.state('flags').records.has('history'),
      );
    });

    it.each([
      [
        { key: 'n', type: 'number', defaultVariant: 'a', variants: { a: 'x' } },
        'variants.a',
      ],
      [
        { key: 'n', type: 'string', defaultVariant: 'b', variants: { a: 'x' } },
        'no such variant',
      ],
      [{ key: 'n', type: 'string', defaultVariant: 'a' }, 'variants'],
      [{ key: 'with space', type: 'boolean', defaultVariant: 'on' }, 'key'],
    ])('refuse what does not fit together (%#)', async (wrong, words) => {
      const { body } = await api()
        .post(`${base}/v1/flags`)
        .send({ reason, ...wrong })
        .expect(400);
      expect(body.error.message).toContain(words);
    });
  });

  describe('maintenance', () => {
    it('is planned, begins, is extended and ended; what users read is public, who did it and why is not', async () => {
      const created = await api()
        .post(`${base}/v1/maintenance`)
        .send({
          scope: { kind: 'tenant', tenant: 'acme' },
          mode: 'read-only',
          endsAt: inFuture(HOUR),
          timezone: 'Europe/Stockholm',
          messages: { en: 'We move house', sv: 'Vi flyttar' },
          reason,
        })
        .expect(201);
      const { id: windowId } = created.body.window;
      expect(created.body.window).toMatchObject({
        state: 'active',
        published: true,
      });
      await when('maintenance', () =>
        platform.state('maintenance').records.has(windowId),
      );
      const banner = await api()
        .get(`${base}/public/maintenance?tenant=acme&lang=sv`)
        .set('authorization', mockCredentials.none.header())
        .expect(200);
      expect(banner.body.windows[0].message.text).toBe('Vi flyttar');
      expect(JSON.stringify(banner.body)).not.toContain(reason);
      const other = await api()
        .get(`${base}/public/maintenance?tenant=globex`)
        .expect(200);
      expect(other.body.windows).toEqual([]);

      const path = `${base}/v1/maintenance/${windowId}`;
      await api()
        .post(`${path}/extend`)
        .send({ endsAt: inFuture(2 * HOUR), reason })
        .expect(200);
      const ended = await api()
        .post(`${path}/end`)
        .send({ reason })
        .expect(200);
      expect(ended.body.window).toMatchObject({
        state: 'ended',
        endedEarly: true,
      });
      const own = (await audit()).filter(
        row =>
          row.target === `maintenance:${windowId}` && row.kind === 'intent',
      );
      expect(own.map(row => row.action)).toEqual([
        'maintenance.begin',
        'maintenance.extend',
        'maintenance.end',
      ]);
      await when('maintenance', () => {
        const record = platform.state('maintenance').records.get(windowId);
        return !record || Date.parse(record.endsAt) <= Date.now();
      });
    });

    it('[truth.4] that has not begun is cancelled: it says so, and when it was to begin', async () => {
      const { body } = await api()
        .post(`${base}/v1/maintenance`)
        .send({
          scope: { kind: 'platform' },
          mode: 'offline',
          startsAt: inFuture(HOUR),
          endsAt: inFuture(2 * HOUR),
          reason,
        })
        .expect(201);
      expect(body.window.state).toBe('scheduled');
      const back = await api()
        .post(`${base}/v1/maintenance/${body.window.id}/end`)
        .send({ reason })
        .expect(200);
      expect(back.body.window).toMatchObject({
        state: 'cancelled',
        startsAt: body.window.startsAt,
        changeReason: reason,
      });
      const { body: past } = await api()
        .get(`${base}/v1/maintenance?state=cancelled`)
        .expect(200);
      expect(past.items).toMatchObject([{ id: body.window.id }]);
    });

    it.each([
      [{ endsAt: undefined }, 400],
      [{ endsAt: inFuture(8 * 24 * HOUR) }, 409],
      [{ timezone: 'Mars/Base' }, 400],
      [{ startsAt: inFuture(2 * HOUR) }, 400],
    ])(
      'without an end, too long or nowhere is refused (%#)',
      async (wrong, status) => {
        await api()
          .post(`${base}/v1/maintenance`)
          .send({
            scope: { kind: 'platform' },
            mode: 'offline',
            endsAt: inFuture(HOUR),
            reason,
            ...wrong,
          })
          .expect(status);
      },
    );
  });
});
