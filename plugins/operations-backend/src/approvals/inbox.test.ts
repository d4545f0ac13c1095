import { createBackendModule } from '@backstage/backend-plugin-api';
import { ApprovalRequested } from '@craft-easy/backstage-plugin-operations-common';
import { permissionHoldersExtensionPoint } from '@craft-easy/backstage-plugin-operations-node';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { ALLOW, DENY } from '../__testUtils__/startOperations';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';
import { Settler } from '../audit/settling/Settler';
import { aCatalog } from './__testUtils__/catalog';
import { requestText } from './words';

jest.setTimeout(120_000);

const ANNA = 'user:default/anna';
const JONAS = 'user:default/jonas';
const MARIA = 'user:default/maria';
const OMAR = 'user:default/omar';
const DECIDE = 'operations.approval.decide';
const TOGGLE = 'operations.maintenance.toggle';
const ADMINS = 'group:default/platform-admins';
const REASON = 'The data centre moves tonight';

const holders = createBackendModule({
  pluginId: 'operations',
  moduleId: 'holders',
  register(env) {
    env.registerInit({
      deps: { access: permissionHoldersExtensionPoint },
      async init({ access }) {
        const permissions = [DECIDE, TOGGLE];
        access.addGrants([
          { entityRef: ADMINS, permissions },
          // may decide, but not what they may not do themselves
          {
            entityRef: 'group:default/operators',
            permissions: [DECIDE],
          },
          {
            entityRef: 'group:default/support',
            permissions,
            condition: 'for tenant nordic-gym',
          },
          { permissions },
        ]);
      },
    });
  },
});

describe('a request that waits for a second person', () => {
  let redis: TestRedis;
  let portal: TestPortal;
  let learned: jest.SpyInstance<void, Parameters<Settler['learn']>>;

  beforeAll(async () => {
    redis = await getTestRedis();
    learned = jest.spyOn(Settler.prototype, 'learn');
    portal = await startPortal({
      redis,
      features: [holders, ...aCatalog().features],
      policy: (permission, user) =>
        (user === MARIA && permission.name === DECIDE) ||
        (user === ANNA && permission.name === 'operations.approval.read') ||
        (user === OMAR && permission.name === TOGGLE)
          ? DENY
          : ALLOW,
      config: {
        approvals: { actions: [{ action: 'maintenance.*' }] },
      },
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await redis?.close();
  });

  const seenBy = async (user: string) => {
    const { items, open } = await portal.client(user).call('GET /attention');
    return {
      items: items.filter(item => item.source === 'approvals'),
      high: open.high,
    };
  };

  it('[truth.11] is said in words to whoever may decide, with the decision in the item, and not to whoever asked', async () => {
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const asked = await portal
      .client(ANNA)
      .call('POST /maintenance', {
        body: {
          scope: { kind: 'platform' },
          mode: 'offline',
          endsAt,
          timezone: 'Europe/Stockholm',
          messages: {},
          reason: REASON,
        },
        idempotencyKey: 'offline',
      })
      .then(
        () => undefined,
        (error: ApprovalRequested) => error.approval,
      );
    await portal.look();

    const { items, high } = await seenBy(JONAS);
    expect(items).toEqual([
      expect.objectContaining({
        title: 'anna asks to take the whole platform offline',
        detail: expect.stringMatching(
          /^“The data centre moves tonight” Needs a second person by \d{4}-\d\d-\d\d \d\d:\d\d UTC, or it is not done\.$/,
        ),
        place: { kind: 'approval', id: asked!.id },
        actions: [
          { kind: 'open', title: 'Open' },
          { kind: 'approve', approvalId: asked!.id },
        ],
      }),
    ]);
    const unseen = { items: [], high: high - 1 };
    for (const user of [ANNA, MARIA, OMAR]) {
      expect([user, await seenBy(user)]).toEqual([user, unseen]);
    }
    const [seen] = (
      await portal
        .client(OMAR)
        .call('GET /approvals', { query: { state: ['waiting'] } })
    ).items;
    expect(seen.actions).toMatchObject({
      approve: {
        allowed: false,
        reason: `You do not have the permission ${TOGGLE} for this`,
      },
      reject: { allowed: true },
    });
  });

  it('[truth.11] is there to be withdrawn for whoever asked, though they may not see what others ask for', async () => {
    const mine = async (user: string) =>
      (await portal.client(user).call('GET /approvals/mine')).items;
    await expect(portal.client(ANNA).call('GET /approvals')).rejects.toThrow(
      /403 Forbidden/,
    );
    const [own, ...others] = await mine(ANNA);
    expect(others).toEqual([]);
    expect(own).toMatchObject({
      action: 'maintenance.begin',
      actions: { approve: { allowed: false }, withdraw: { allowed: true } },
    });
    expect(await mine(JONAS)).toEqual([]);
    await portal.client(ANNA).call('POST /approvals/:id/withdraw', {
      params: { id: own.id },
      body: { reason: 'Not needed after all' },
      idempotencyKey: 'withdraw',
    });
    expect(await mine(ANNA)).toEqual([]);
  });

  it('[truth.11] is announced by a notification to those who may decide, and not to whoever asked', async () => {
    expect(
      portal.notifications.filter(({ payload }) =>
        payload.title.startsWith('anna asks to'),
      ),
    ).toMatchObject([
      {
        recipients: {
          type: 'entity',
          entityRef: [ADMINS],
          excludeEntityRef: ANNA,
        },
      },
    ]);
  });

  it('[truth.11] is said in words whichever action it is of', () => {
    const names = learned.mock.calls.flatMap(([routes]) =>
      routes.flatMap(({ action }) => action?.name ?? []),
    );
    expect(names.length).toBeGreaterThan(20);
    const unsaid = names
      // their names are those of what they do
      .filter(name => name !== 'webhook.bulk' && name !== 'run.bulk')
      .filter(
        action =>
          requestText({ action, target: 'thing:x', parameters: undefined }) ===
          `perform ${action} on x`,
      );
    expect(unsaid).toEqual([]);
  });
});

describe('the words of a request', () => {
  it.each<[string, string, object, string]>([
    ['job.run', 'job:bullmq/a', { dryRun: true }, 'dry-run a'],
    [
      'maintenance.begin',
      'maintenance',
      { scope: { kind: 'tenant', tenant: 'acme' }, mode: 'read-only' },
      'make acme read-only',
    ],
    ['flag.toggle', 'flag:x', { variant: 'on' }, 'switch x to on'],
    ['flag.toggle', 'flag:x', { variant: null }, 'disable x'],
    ['cache.purge', 'cache:api', { pattern: 'c:*' }, 'purge c:* from api'],
    ['cache.purge', 'cache:api', { keyCount: 1 }, 'purge 1 key from api'],
    ['webhook.replay', 'webhooks', { expected: 4 }, 'replay 4 webhooks'],
    [
      'rate-limit.override',
      'rate-limit-override:1',
      {
        subject: { kind: 'tenant', tenant: 'acme' },
        limit: { kind: 'multiplier', factor: 5 },
      },
      'multiply the limit of acme by 5',
    ],
    ['queue.resume', 'job:bullmq/a', {}, 'resume the queue of a'],
    [
      'webhook.suppression.create',
      'webhook-suppressions:acme',
      { tenant: 'acme', endpoint: 'main', eventType: 'payment.failed' },
      'mute payment.failed to main of acme',
    ],
    [
      'webhook.suppression.create',
      'webhook-suppressions:acme',
      { tenant: 'acme' },
      'mute webhooks of acme',
    ],
    ['webhook.replay.stop', 'webhook-replay:7', {}, 'stop webhook replay 7'],
    ['cache.cancel-purge', 'cache-purge:7', {}, 'stop purge 7'],
    [
      'attention.snooze',
      'attention:7',
      { item: 'mail failed' },
      'snooze “mail failed”',
    ],
    ['attention.reopen', 'attention:7', {}, 'reopen an attention item'],
    ['some.thing', 'thing:1', {}, 'perform some.thing on 1'],
  ])(
    'of %s on %s complete “Anna asks to …” (%#)',
    (action, target, given, said) => {
      const parameters = JSON.stringify(given);
      expect(requestText({ action, target, parameters })).toBe(said);
    },
  );
});
