import { mockCredentials } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  bulkPreviewSchema,
  webhookFailureDetailSchema,
  webhookFailuresPageSchema,
  webhookSummarySchema,
  webhookSuppressionSchema,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  type AuditEntry,
  RESOURCE_TYPE_WEBHOOK_FAILURE,
  type WebhookFailure,
} from '@craft-easy/backstage-plugin-operations-common';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  WEBHOOK_REPLAY_FIELD,
  webhookReplayCommandSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aFailure } from './__testUtils__/reports';
import { startWebhooks } from './__testUtils__/startWebhooks';

jest.setTimeout(60_000);

const base = '/api/operations/v1';
const reason = 'asked for by the tenant';
const databases = createTestDatabases();

const onlyTenant = (tenant: string): PolicyDecision => ({
  result: AuthorizeResult.CONDITIONAL,
  pluginId: 'operations',
  resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
  conditions: {
    rule: 'HAS_TENANT',
    resourceType: RESOURCE_TYPE_WEBHOOK_FAILURE,
    params: { tenants: [tenant] },
  },
});

describe.each(databases.eachSupportedId())('the webhooks API on %s', id => {
  let redis: TestRedis;
  let knex: Knex;
  let portal: Awaited<ReturnType<typeof startWebhooks>>;
  const now = Date.now();

  beforeEach(async () => {
    redis = await getTestRedis();
    knex = await databases.init(id, 'audit', 'webhooks');
    portal = await startWebhooks({
      knex,
      redis,
      policy: (permission, user) => {
        if (user === 'user:default/viewer') {
          return permission.name === 'operations.webhook.read'
            ? { result: AuthorizeResult.ALLOW }
            : { result: AuthorizeResult.DENY };
        }
        if (
          user === 'user:default/reader' &&
          permission.name === 'operations.webhook.read'
        ) {
          return { result: AuthorizeResult.ALLOW };
        }
        return /limited|reader/.test(user ?? '') &&
          permission.name.startsWith('operations.webhook.')
          ? onlyTenant('nordic-gym')
          : { result: AuthorizeResult.ALLOW };
      },
    });
    // a dispatcher is alive, though it carries nothing out
    await portal.redis.execute(client =>
      client.zadd(
        portal.redis.keys.webhookDispatchers,
        Date.now() + 60_000,
        'test',
      ),
    );
    await portal.webhooks.recorder.record([
      aFailure('msg_1', { failedAt: now - 3_000 }),
      aFailure('msg_2', { failedAt: now - 2_000 }),
      aFailure('msg_3', { failedAt: now - 1_000, tenant: 'other' }),
    ]);
  });

  afterEach(async () => {
    await portal.stop();
    await redis.close();
  });

  const as = (user: string) => mockCredentials.user.header(user);
  const get = async (path: string, user = 'user:default/ada') => {
    const { status, body } = await request(portal.server)
      .get(`${base}${path}`)
      .set('Authorization', as(user));
    return { status, body };
  };
  const service = () =>
    mockCredentials.service.header({
      onBehalfOf: mockCredentials.service('external:legacy'),
      targetPluginId: 'operations',
    });
  const post = async (
    path: string,
    json: object,
    user = 'user:default/ada',
    key?: string,
  ) => {
    const call = request(portal.server)
      .post(`${base}${path}`)
      .set('Authorization', user === 'service' ? service() : as(user));
    if (key) call.set('Idempotency-Key', key);
    const { status, body } = await call.send(json);
    return { status, body };
  };
  const failures = async (): Promise<Record<string, WebhookFailure>> => {
    const { body } = await get('/webhook-failures');
    return Object.fromEntries(
      webhookFailuresPageSchema
        .parse(body)
        .items.map(item => [item.webhookId, item]),
    );
  };
  const audit = async (action: string): Promise<AuditEntry[]> =>
    (await get(`/audit?action=${action}`)).body.items;
  const commands = async () =>
    (
      await portal.redis.execute(client =>
        client.xrange(portal.redis.keys.webhookReplays, '-', '+'),
      )
    ).map(([, fields]) =>
      webhookReplayCommandSchema.parse(
        JSON.parse(fields[fields.indexOf(WEBHOOK_REPLAY_FIELD) + 1]),
      ),
    );
  const ended = (commandId: string, outcome: 'delivered' | 'failed') =>
    portal.webhooks.recorder.record([
      {
        kind: 'replay',
        commandId,
        outcome,
        at: Date.now(),
        attempts: [
          { n: 2, at: new Date().toISOString(), durationMs: 1, sent: true },
        ],
      },
    ]);

  it('answers what its schemas say', async () => {
    const all = await failures();
    expect(Object.keys(all).sort()).toEqual(['msg_1', 'msg_2', 'msg_3']);
    const summary = webhookSummarySchema.parse(
      (await get('/webhook-failures/summary')).body,
    );
    expect(summary).toMatchObject({ open: 3, total: 3, groupCount: 2 });
    const detail = webhookFailureDetailSchema.parse(
      (await get(`/webhook-failures/${all.msg_1.id}`)).body,
    );
    expect(detail.actions.replay).toEqual({ allowed: true });
    expect(detail.attemptLog).toHaveLength(1);
  });

  it('[webhooks.4] suppresses and marks handled with a reason, each audited, and drops nothing', async () => {
    const all = await failures();
    const suppressed = await post(
      `/webhook-failures/${all.msg_1.id}/suppress`,
      {
        reason,
      },
    );
    const handled = await post(`/webhook-failures/${all.msg_2.id}/handle`, {
      reason,
    });
    expect([suppressed.status, handled.status]).toEqual([200, 200]);
    expect(await failures()).toMatchObject({
      msg_1: {
        state: 'suppressed',
        triage: { by: 'user:default/ada', reason },
      },
      msg_2: { state: 'handled' },
    });
    expect(await audit('webhook.suppress')).toMatchObject([
      {
        outcome: 'succeeded',
        reason,
        tenant: 'nordic-gym',
        id: suppressed.body.auditId,
      },
    ]);
    expect(await audit('webhook.handle')).toMatchObject([
      {
        outcome: 'succeeded',
        reason,
        before: { state: 'failed' },
        after: { state: 'handled' },
      },
    ]);
    const again = aFailure('msg_2', { failedAt: now });
    await portal.webhooks.recorder.record([
      { ...again, attempts: [{ ...again.attempts[0], n: 2 }] },
    ]);
    expect((await failures()).msg_2.state).toBe('failed-again');
    expect(await knex('webhook_attempts')).toHaveLength(4);
  });

  it('[webhooks.4] suppresses by pattern until a time, audited, and ends it early', async () => {
    const until = new Date(now + 3600_000).toISOString();
    const created = await post('/webhook-suppressions', {
      tenant: 'nordic-gym',
      endpoint: 'main',
      until,
      reason,
    });
    expect(created.status).toBe(200);
    await portal.webhooks.recorder.record([
      aFailure('msg_4', { failedAt: Date.now() }),
    ]);
    expect((await failures()).msg_4.state).toBe('suppressed');
    expect((await failures()).msg_1.state).toBe('failed');
    const { id: suppression } = webhookSuppressionSchema.parse(
      created.body.suppression,
    );
    const end = await post(`/webhook-suppressions/${suppression}/end`, {
      reason,
    });
    expect(end.body.suppression).toMatchObject({ active: false, count: 1 });
    await portal.webhooks.recorder.record([
      aFailure('msg_5', { failedAt: Date.now() + 1 }),
    ]);
    expect((await failures()).msg_5.state).toBe('failed');
    expect(await audit('webhook.suppression.create')).toHaveLength(1);
    expect(await audit('webhook.suppression.end')).toHaveLength(1);
    expect(
      (
        await post('/webhook-suppressions', {
          tenant: 'x',
          until: new Date(now - 1).toISOString(),
          reason,
        })
      ).status,
    ).toBe(400);
  });

  it('replays one under its own id, once for a repeated request, and a delivered one only when that is confirmed', async () => {
    const { msg_1: failure } = await failures();
    const path = `/webhook-failures/${failure.id}/replay`;
    const both = await Promise.all([
      post(path, { reason }, undefined, 'key-1'),
      post(path, { reason }, undefined, 'key-1'),
    ]);
    expect(both.map(r => r.status)).toEqual([202, 202]);
    expect((await post(path, { reason })).status).toBe(409);
    const [command, ...more] = await commands();
    expect(more).toEqual([]);
    expect(command).toMatchObject({ webhookId: 'msg_1', force: false, reason });
    await ended(command.commandId, 'delivered');
    expect((await failures()).msg_1).toMatchObject({
      state: 'delivered',
      deliveredAt: expect.any(String),
    });
    const accident = await post(path, { reason });
    expect(accident.status).toBe(409);
    expect(accident.body.error.message).toContain('was delivered at');
    expect((await post(path, { reason, confirmDelivered: true })).status).toBe(
      202,
    );
    expect((await commands())[1]).toMatchObject({ force: true });
  });

  it('says the number beforehand, and takes exactly it', async () => {
    const preview = bulkPreviewSchema.parse(
      (
        await get(
          '/webhook-failures/bulk-preview?action=replay&tenant=nordic-gym',
        )
      ).body,
    );
    expect(preview).toMatchObject({ count: 2, tenants: 1, endpoints: 1 });
    const body = {
      action: 'replay',
      selection: { filter: { tenant: ['nordic-gym'] }, asOf: preview.asOf },
      reason,
    };
    expect(
      (await post('/webhook-failures/bulk', { ...body, expected: 3 })).status,
    ).toBe(409);
    const done = await post('/webhook-failures/bulk', {
      ...body,
      expected: 2,
      perEndpointPerSecond: 1_000,
    });
    expect(done.status).toBe(202);
    await portal.until(async () => (await commands()).length === 2);
    for (const { commandId } of await commands()) {
      await ended(commandId, 'delivered');
    }
    const replay = (await get(`/webhook-replays/${done.body.replay.id}`)).body;
    expect(replay).toMatchObject({ status: 'finished', delivered: 2, left: 0 });
    expect((await get('/webhook-failures/summary')).body.open).toBe(1);
  });

  it('shows neither rows nor counts of other tenants, and lets nobody act without the permission', async () => {
    const limited = 'user:default/limited';
    const { body } = await get('/webhook-failures', limited);
    expect(body.totalItems).toBe(2);
    const summary = (await get('/webhook-failures/summary', limited)).body;
    expect(summary).toMatchObject({
      open: 2,
      tenants: [{ value: 'nordic-gym' }],
    });
    expect(
      summary.hours.reduce((n: number, h: { count: number }) => n + h.count, 0),
    ).toBe(2);
    const { msg_3: foreign } = await failures();
    expect((await get(`/webhook-failures/${foreign.id}`, limited)).status).toBe(
      404,
    );
    expect(
      (
        await post(
          `/webhook-failures/${foreign.id}/handle`,
          { reason },
          limited,
        )
      ).status,
    ).toBe(404);
    const { msg_1: own } = await failures();
    for (const action of ['replay', 'suppress', 'handle']) {
      const refused = await post(
        `/webhook-failures/${own.id}/${action}`,
        { reason },
        'user:default/viewer',
      );
      expect(refused.status).toBe(403);
      expect(await audit(`webhook.${action}`)).toMatchObject([
        { outcome: 'refused' },
      ]);
    }
    expect(
      (
        await post(
          '/webhook-suppressions',
          { tenant: 'other', until: new Date(now + 1e6).toISOString(), reason },
          limited,
        )
      ).status,
    ).toBe(403);
  });

  it('refuses, and says beforehand, what a user may do for some only of the tenants that they see', async () => {
    const reader = 'user:default/reader';
    const { msg_1: own, msg_3: foreign } = await failures();
    for (const action of ['replay', 'suppress', 'handle']) {
      const may = async ({ id: failure }: { id: string }) =>
        (await get(`/webhook-failures/${failure}`, reader)).body.actions[
          action
        ];
      expect(await may(own)).toEqual({ allowed: true });
      expect(await may(foreign)).toMatchObject({
        allowed: false,
        permission: `operations.webhook.${action}`,
      });
      const refused = await post(
        `/webhook-failures/${foreign.id}/${action}`,
        { reason },
        reader,
      );
      expect([refused.status, refused.body.error?.message]).toEqual([
        403,
        `You do not have the permission operations.webhook.${action} for other`,
      ]);
    }
  });

  it('answers 503 to a replay while no dispatcher is alive or Redis is away, and shows the inbox all the same', async () => {
    const { msg_1: failure } = await failures();
    portal.health.available = false;
    portal.health.reason = 'Redis does not answer';
    const refused = await post(`/webhook-failures/${failure.id}/replay`, {
      reason,
    });
    expect(refused.status).toBe(503);
    expect(await audit('webhook.replay')).toMatchObject([
      {
        outcome: 'failed',
        target: `webhook:${failure.id}`,
        error: expect.stringContaining('Redis does not answer'),
      },
    ]);
    const { status, body } = await get('/webhook-failures');
    expect([status, body.freshness.state]).toEqual([200, 'stale']);
    expect(await commands()).toEqual([]);
  });

  describe('for a foreign platform', () => {
    const report = (webhookId: string, n = 1) => ({
      tenant: 'acme',
      endpoint: 'orders',
      webhookId,
      eventType: 'order.paid',
      createdAt: new Date(now - 60_000).toISOString(),
      attempts: [
        {
          n,
          at: new Date(now - 1_000).toISOString(),
          durationMs: 30_000,
          error: { class: 'timeout', code: 'TIMEOUT', message: 'too slow' },
        },
      ],
      payload: { contentType: 'application/json', size: 2, text: '{}' },
    });

    it('[webhooks.7] takes failures over HTTP, each once, and hands replays back', async () => {
      const send = (...reports: object[]) =>
        post('/webhook-failures/reports', { failures: reports }, 'service');
      expect((await send(report('evt_1'), report('evt_2'))).body).toEqual({
        recorded: 2,
        repeated: 0,
      });
      expect((await send(report('evt_1'), report('evt_1', 2))).body).toEqual({
        recorded: 1,
        repeated: 1,
      });
      const all = await failures();
      expect(all.evt_1).toMatchObject({
        state: 'failed-again',
        source: 'service:external:legacy',
        attempts: 2,
      });

      const asked = await post(`/webhook-failures/${all.evt_1.id}/replay`, {
        reason,
      });
      expect(asked.status).toBe(202);
      const claim = () =>
        post('/webhook-replays/claims', { limit: 5 }, 'service');
      const first = await claim();
      expect(first.body.replays).toMatchObject([
        {
          webhookId: 'evt_1',
          endpoint: 'orders',
          requestedBy: 'user:default/ada',
          reason,
          force: false,
        },
      ]);
      expect((await claim()).body.replays).toEqual([]);
      const { commandId } = first.body.replays[0];
      const outcome = () =>
        post(
          `/webhook-replays/commands/${commandId}/outcome`,
          {
            outcome: 'delivered',
            attempts: [{ n: 3, at: new Date().toISOString(), status: 200 }],
          },
          'service',
        );
      expect((await outcome()).body).toEqual({ recorded: true });
      expect((await outcome()).body).toEqual({ recorded: false });
      expect((await failures()).evt_1).toMatchObject({
        state: 'delivered',
        attempts: 3,
      });
      // nothing of it went to the platform's own dispatchers
      expect(await commands()).toEqual([]);
    });

    it('[webhooks.7] lets only services report', async () => {
      const { status } = await post('/webhook-failures/reports', {
        failures: [report('evt_1')],
      });
      expect(status).toBe(403);
    });
  });
});
