import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { ServiceUnavailableError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import request from 'supertest';
import { z } from 'zod';
import { createTestDatabases } from '../__testUtils__/databases';
import { TestApi, testAction, testAudit } from '../__testUtils__/testApi';
import {
  ALLOW,
  DENY,
  permissionsOf,
  type TestPolicy,
} from '../__testUtils__/startOperations';
import { createRouter } from '../lib/createRouter';
import { maintenanceTogglePermission } from '@craft-easy/backstage-plugin-operations-common';
import { aCatalog, ON_CALL, OPERATIONS } from './__testUtils__/catalog';
import { createApprovals } from './createApprovals';
import type { ApprovalClock } from './ApprovalClock';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';
const MINUTE = 60_000;
const RULES = {
  withinMinutes: 30,
  actions: [
    {
      action: 'plant.stop',
      when: { 'parameters.scope': 'platform', 'parameters.mode': ['offline'] },
      description: 'the whole plant stops',
    },
    { action: 'store.purge', when: { 'parameters.keys': { above: 1000 } } },
  ],
};

/** Two capabilities that know nothing of approvals. */
async function start(knex: Knex, approvals: JsonObject = RULES) {
  const config = mockServices.rootConfig({
    data: { operations: { approvals } },
  });
  const clock = { offset: 0 };
  const now = () => Date.now() + clock.offset;
  const done: unknown[] = [];
  const state = {
    policy: (() => ALLOW) as TestPolicy,
    fails: false,
    keys: 5000,
  };
  const catalog = aCatalog();
  let tick: ApprovalClock | undefined;
  const body = z.strictObject({
    reason: z.string().min(8),
    scope: z.string().optional(),
    mode: z.string().optional(),
    secret: z.string().optional(),
  });
  const plugin = createBackendPlugin({
    pluginId: 'operations',
    register(env) {
      env.registerInit({
        deps: {
          auth: coreServices.auth,
          catalog: catalogServiceRef,
          userInfo: coreServices.userInfo,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          permissions: coreServices.permissions,
        },
        async init(deps) {
          const kept = createApprovals({
            ...deps,
            knex,
            config,
            now,
            grants: [],
            changes: { changed: () => {} },
          });
          tick = kept.clock;
          const audit = testAudit({ knex, config, secondPerson: kept.gate });
          const act = (name: string) =>
            testAction(
              {
                name,
                about: () => ({ target: 'plant' }),
                plan(c) {
                  const { reason: _, ...given } = c.body() as z.output<
                    typeof body
                  >;
                  const parameters =
                    name === 'store.purge' ? { keys: state.keys } : given;
                  return { parameters, plan: c.body() };
                },
                async act(plan, c) {
                  if (state.fails) {
                    throw new ServiceUnavailableError('the plant is away');
                  }
                  done.push([c.caller.actor, plan]);
                  return {
                    result: { n: done.length },
                    after: { done: true },
                  };
                },
              },
              { permission: maintenanceTogglePermission, body },
            );
          const api = new TestApi({
            routes: [
              act('plant.stop'),
              act('store.purge'),
              ...kept.routes,
              ...audit.routes,
            ],
            permissions: deps.permissions,
            actions: audit.actions,
          });
          deps.httpRouter.use(createRouter({ api, httpAuth: deps.httpAuth }));
        },
      });
    },
  });
  const backend = await startTestBackend({
    features: [
      plugin,
      permissionsOf((p, user) => state.policy(p, user)),
      ...catalog.features,
    ],
  });
  const as = (user: string) =>
    mockCredentials.user.header(`user:default/${user}`);
  const post = (
    who: string | Record<string, string>,
    path: string,
    sent: object,
    key?: string,
  ) => {
    const call = request(backend.server)
      .post(`${base}${path}`)
      .set(
        'authorization',
        typeof who === 'string' ? as(who) : who.authorization,
      )
      .send(sent);
    return key ? call.set('idempotency-key', key) : call;
  };
  return {
    ...{ state, clock, done, post, catalog: catalog.state },
    tick: () => tick!.tick(),
    get: async (who: string, path: string) =>
      (
        await request(backend.server)
          .get(`${base}${path}`)
          .set('authorization', as(who))
      ).body,
    /**
     * Anna asks to stop the whole plant.
     * @returns the answer that she gets
     */
    ask: async (more: object = {}, key?: string) =>
      post(
        'anna',
        '/plant/stop',
        {
          reason: 'Moving the database',
          scope: 'platform',
          mode: 'offline',
          ...more,
        },
        key,
      ),
    decide: (
      who: string | Record<string, string>,
      id: string,
      verb = 'approve',
    ) =>
      post(who, `/approvals/${id}/${verb}`, { reason: 'Seen and discussed' }),
    stop: () => backend.stop(),
  };
}

describe.each(databases.eachSupportedId())('a second person, on %s', id => {
  let knex: Knex;
  let plant: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    knex = await databases.init(id, 'jobs', 'audit', 'approvals');
    plant = await start(knex);
  });
  afterEach(() => plant.stop());

  const trail = async () => (await plant.get('anna', '/audit')).items;

  it('[access.6] has to approve what the configuration names, then the action is performed as the requester, and its audit entry names both', async () => {
    const asked = await plant.ask();
    expect([asked.status, asked.body.approval]).toMatchObject([
      202,
      {
        state: 'waiting',
        action: 'plant.stop',
        requestedBy: 'user:default/anna',
        rule: 'the whole plant stops',
        parameters: { scope: 'platform', mode: 'offline' },
      },
    ]);
    expect(plant.done).toEqual([]);
    const approved = await plant.decide('jonas', asked.body.approval.id);
    expect([approved.status, approved.body.approval]).toMatchObject([
      200,
      { state: 'done', decidedBy: 'user:default/jonas' },
    ]);
    expect(plant.done).toEqual([
      ['user:default/anna', expect.objectContaining({ mode: 'offline' })],
    ]);
    const row = (await trail()).find(
      (e: { action: string }) => e.action === 'plant.stop',
    );
    expect(row).toMatchObject({
      id: approved.body.approval.auditId,
      actor: 'user:default/anna',
      reason: 'Moving the database',
      outcome: 'succeeded',
      approval: {
        approvedBy: 'user:default/jonas',
        reason: 'Seen and discussed',
      },
    });
    expect((await trail()).map((e: { action: string }) => e.action)).toEqual([
      'plant.stop',
      'approval.approve',
      'approval.request',
    ]);
    // the entry of the decision names what was approved, too
    const decision = (await trail()).find(
      (e: { action: string }) => e.action === 'approval.approve',
    );
    expect(decision.parameters).toMatchObject({
      action: 'plant.stop',
      parameters: { scope: 'platform', mode: 'offline' },
    });
    const kept = await knex('approvals').first();
    expect([kept.request, kept.snapshot]).toEqual([null, null]);
  });

  it('is not needed where no rule names the action, or its condition does not hold', async () => {
    expect((await plant.ask({ mode: 'read-only' })).status).toBe(201);
    plant.state.keys = 1000;
    const reason = { reason: 'a good reason' };
    expect((await plant.post('anna', '/store/purge', reason)).status).toBe(201);
    plant.state.keys = 1001;
    expect((await plant.post('anna', '/store/purge', reason)).status).toBe(202);
    // An unknown amount may be a large one.
    plant.state.keys = undefined as unknown as number;
    expect((await plant.post('anna', '/store/purge', reason)).status).toBe(202);
    expect(plant.done).toHaveLength(2);
  });

  it('[access.6] is never the requester, nor a service, nor an agent of a person', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    const own = await plant.decide('anna', approval);
    expect([own.status, own.body.error?.message]).toEqual([
      403,
      'You asked for it yourself: it needs a second person',
    ]);
    const service = await plant.decide(
      { authorization: mockCredentials.service.header() },
      approval,
    );
    expect(service.status).toBe(403);
    expect(plant.done).toEqual([]);
    expect(
      (await trail())
        .filter((e: { outcome: string }) => e.outcome === 'refused')
        .map((e: { actor: string; action: string }) => [e.actor, e.action]),
    ).toEqual([
      [expect.stringMatching(/^service:/), 'approval.approve'],
      ['user:default/anna', 'approval.approve'],
    ]);
    const seen = await plant.get('anna', `/approvals/${approval}`);
    expect(seen.actions).toMatchObject({
      approve: { allowed: false, reason: expect.stringContaining('yourself') },
      withdraw: { allowed: true },
    });
  });

  it('[access.6] approves in person: an agent may reject, and may approve only where the configuration allows it', async () => {
    const agentOf = (name: string) => ({
      authorization: `Bearer ${mockCredentials.user.token(
        `user:default/${name}`,
        { actor: { subject: 'plugin:mcp-actions' } },
      )}`,
    });
    const { id: one } = (await plant.ask()).body.approval;
    const refused = await plant.decide(agentOf('jonas'), one);
    expect([refused.status, refused.body.error?.message]).toEqual([
      403,
      expect.stringContaining('approved in person'),
    ]);
    const no = await plant.decide(agentOf('jonas'), one, 'reject');
    expect([no.status, no.body.approval.state]).toEqual([200, 'rejected']);

    await plant.stop();
    plant = await start(knex, { ...RULES, byAgents: true });
    const { id: two } = (await plant.ask()).body.approval;
    const own = await plant.decide(agentOf('anna'), two);
    expect([own.status, own.body.error?.message]).toEqual([
      403,
      expect.stringContaining('asked for it yourself'),
    ]);
    expect(plant.done).toEqual([]);
    const yes = await plant.decide(agentOf('jonas'), two);
    expect([yes.status, yes.body.approval.state]).toEqual([200, 'done']);
    const [done, decision] = await trail();
    expect(done).toMatchObject({
      actor: 'user:default/anna',
      action: 'plant.stop',
      approval: { approvedBy: 'user:default/jonas' },
    });
    expect(decision).toMatchObject({
      actor: 'service:plugin:mcp-actions',
      onBehalfOf: 'user:default/jonas',
      action: 'approval.approve',
    });
  });

  it('[access.6] has to decide before the approval times out', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    plant.clock.offset = 31 * MINUTE;
    const late = await plant.decide('jonas', approval);
    expect([late.status, late.body.error?.message]).toEqual([
      409,
      'It is timed-out',
    ]);
    await Promise.all([plant.tick(), plant.tick()]);
    expect(await plant.get('anna', `/approvals/${approval}`)).toMatchObject({
      state: 'timed-out',
    });
    const ended = (await trail()).filter(
      (e: { action: string }) => e.action === 'approval.time-out',
    );
    expect(ended).toMatchObject([
      { actor: 'service:operations', target: `approval:${approval}` },
    ]);
    expect(plant.done).toEqual([]);
    expect(await knex('approvals').first()).toMatchObject({
      request: null,
      snapshot: null,
    });
  });

  it('[access.6] needs the permission of the action too', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    plant.state.policy = (permission, user) =>
      user === 'user:default/jonas' &&
      permission.name === maintenanceTogglePermission.name
        ? DENY
        : ALLOW;
    expect((await plant.decide('jonas', approval)).status).toBe(403);
    expect(plant.done).toEqual([]);
    expect((await plant.decide('maria', approval)).body.approval).toMatchObject(
      { state: 'done' },
    );
  });

  it.each([
    ['has left a group', [], ON_CALL],
    ['is gone', undefined, 'not in the catalog'],
  ])(
    '[access.6] lets nothing through for somebody who %s since',
    async (_, groups: string[] | undefined, why) => {
      const { id: approval } = (await plant.ask()).body.approval;
      if (groups) plant.catalog.groups.set('user:default/anna', groups);
      else plant.catalog.groups.delete('user:default/anna');
      const done = await plant.decide('jonas', approval);
      expect([done.status, done.body.approval]).toMatchObject([
        200,
        { state: 'refused', error: expect.stringContaining(why) },
      ]);
      expect(plant.done).toEqual([]);
      expect((await trail())[0]).toMatchObject({
        actor: 'user:default/anna',
        action: 'plant.stop',
        outcome: 'refused',
        error: expect.stringContaining(why),
        approval: { approvedBy: 'user:default/jonas' },
      });
      expect((await plant.decide('maria', approval)).status).toBe(409);
    },
  );

  it('[access.6] is waited for without storing credentials of the requester', async () => {
    await plant.ask();
    const kept = await knex('approvals').first();
    const sent = mockCredentials.user.header('user:default/anna').split(' ')[1];
    const limited = mockCredentials.limitedUser.token('user:default/anna');
    const text = JSON.stringify(kept);
    expect(text).not.toContain(sent);
    expect(text).not.toContain(limited);
    // Nor anything that looks like a token: three dotted parts, or a word longer than any real
    // one.
    expect(text).not.toMatch(/eyJ|[\w-]{20,}\.[\w-]{20,}|mock-/);
    expect(Object.keys(kept)).not.toContain('credential');
    expect(JSON.parse(kept.snapshot)).toEqual({
      ownership: ['user:default/anna', ON_CALL, OPERATIONS],
      decisions: expect.objectContaining({
        [maintenanceTogglePermission.name]: ALLOW,
      }),
    });
  });

  it('cannot approve while the catalog cannot confirm the rights of the requester', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    plant.catalog.away = true;
    expect((await plant.decide('jonas', approval)).status).toBe(503);
    expect((await plant.ask()).status).toBe(503);
    expect(plant.done).toEqual([]);
    plant.catalog.away = false;
    expect((await plant.decide('jonas', approval)).body.approval.state).toBe(
      'done',
    );
  });

  it('cannot be asked for by a person whose groups the catalog does not confirm', async () => {
    plant.catalog.groups.set('user:default/anna', []);
    const asked = await plant.ask();
    expect([asked.status, asked.body.error?.message]).toEqual([
      403,
      expect.stringContaining(`does not belong to ${ON_CALL}`),
    ]);
    expect(await knex('approvals')).toEqual([]);
  });

  it('[access.6] needs the permission to decide', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    plant.state.policy = permission => ({
      result:
        permission.name === 'operations.approval.decide'
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
    });
    expect((await plant.decide('jonas', approval)).status).toBe(403);
    expect((await plant.decide('jonas', approval, 'reject')).status).toBe(403);
    expect(plant.done).toEqual([]);
  });

  it('can reject, and the requester can withdraw; either ends it', async () => {
    for (const [who, verb, state] of [
      ['jonas', 'reject', 'rejected'],
      ['anna', 'withdraw', 'withdrawn'],
    ]) {
      const { id: approval } = (await plant.ask()).body.approval;
      const other = who === 'anna' ? 'jonas' : 'anna';
      expect((await plant.decide(other, approval, verb)).status).toBe(403);
      const ended = await plant.decide(who, approval, verb);
      expect([ended.status, ended.body.approval.state]).toEqual([200, state]);
      expect((await plant.decide('maria', approval)).status).toBe(409);
    }
    expect(plant.done).toEqual([]);
  });

  it('is one person even if several approve at once, and the action happens once', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    const all = await Promise.all(
      ['jonas', 'maria', 'omar'].map(who => plant.decide(who, approval)),
    );
    expect(all.map(r => r.status).sort()).toEqual([200, 409, 409]);
    expect(plant.done).toHaveLength(1);
  });

  it('sees one request where the same was sent twice, and the sender gets its result', async () => {
    const [a, b] = await Promise.all([
      plant.ask({}, 'k1'),
      plant.ask({}, 'k1'),
    ]);
    expect(b.body.approval.id).toBe(a.body.approval.id);
    await plant.decide('jonas', a.body.approval.id);
    const again = await plant.ask({}, 'k1');
    expect(again.body.approval.state).toBe('done');
    expect(plant.done).toHaveLength(1);
  });

  it('approves the action as requested, not as it would be planned now', async () => {
    const reason = { reason: 'a good reason' };
    const asked = await plant.post('anna', '/store/purge', reason);
    plant.state.keys = 9_000_000;
    const done = await plant.decide('jonas', asked.body.approval.id);
    expect(done.body.approval).toMatchObject({
      state: 'refused',
      error: expect.stringContaining('not what was approved'),
    });
    expect(plant.done).toEqual([]);
  });

  it('sees the error if the action fails', async () => {
    const { id: approval } = (await plant.ask()).body.approval;
    plant.state.fails = true;
    expect((await plant.decide('jonas', approval)).body.approval).toMatchObject(
      {
        state: 'failed',
        error: 'the plant is away',
      },
    );
    expect((await trail())[0]).toMatchObject({
      action: 'plant.stop',
      outcome: 'failed',
      approval: { approvedBy: 'user:default/jonas' },
    });
  });

  it('is shown parameters without their secrets, and a service cannot ask', async () => {
    const asked = await plant.ask({ secret: 'hunter2' });
    expect(asked.body.approval.parameters.secret).toBe('[redacted]');
    expect(
      JSON.stringify(await plant.get('jonas', '/approvals')),
    ).not.toContain('hunter2');
    await plant.decide('jonas', asked.body.approval.id);
    expect(plant.done).toEqual([
      ['user:default/anna', expect.objectContaining({ secret: 'hunter2' })],
    ]);
    const service = await plant.post(
      { authorization: mockCredentials.service.header() },
      '/plant/stop',
      { reason: 'a good reason', scope: 'platform', mode: 'offline' },
    );
    expect([service.status, service.body.error?.message]).toEqual([
      403,
      expect.stringContaining('a service is not a person'),
    ]);
  });

  it('can read beforehand which actions need an approval', async () => {
    expect((await plant.get('anna', '/approvals/rules')).items).toEqual([
      {
        action: 'plant.stop',
        description: 'the whole plant stops',
        always: false,
        withinMinutes: 30,
      },
      { action: 'store.purge', always: false, withinMinutes: 30 },
    ]);
  });

  it('is not asked if the audit trail cannot be written', async () => {
    await knex.schema.renameTable('audit_head', 'elsewhere');
    expect((await plant.ask()).status).toBe(503);
    expect(await knex('approvals')).toEqual([]);
  });

  it('cannot be configured by an unknown condition: the portal does not start', async () => {
    const config = { actions: [{ action: 'a.b', when: { x: { below: 3 } } }] };
    await expect(start(knex, config)).rejects.toThrow(/a\.b: x: neither/);
  });
});
