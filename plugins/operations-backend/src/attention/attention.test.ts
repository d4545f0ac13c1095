import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  attentionSourceExtensionPoint,
  type AttentionFact,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { clock } from '../__testUtils__/clock';
import { ALLOW, DENY } from '../__testUtils__/startOperations';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';

jest.setTimeout(120_000);

const HOUR = 3600_000;
const OSKAR = 'user:default/oskar.operator';
const REASON = 'the provider works on it';

describe('attention, with a plugin that brings a source of its own', () => {
  let redis: TestRedis;
  let portal: TestPortal;
  let facts: AttentionFact[] = [];

  const certificate: AttentionFact = {
    key: 'cert:api',
    kind: 'certificate-expiring',
    severity: 'high',
    title: 'The certificate of api.example.com ends in 3 days',
    subject: { kind: 'certificate', ref: 'api', title: 'api.example.com' },
    owner: 'group:default/platform',
    since: new Date('2026-11-20T00:00:00Z'),
    place: { kind: 'url', url: 'https://certificates.example/api' },
  };
  const certificates = createBackendModule({
    pluginId: 'operations',
    moduleId: 'certificates',
    register(env) {
      env.registerInit({
        deps: { attention: attentionSourceExtensionPoint },
        async init({ attention }) {
          attention.addAttentionSource({
            id: 'certificates',
            permission: 'operations.flag.read',
            getFacts: async () => facts,
          });
        },
      });
    },
  });

  const items = async (state?: Array<'open' | 'snoozed' | 'closed'>) =>
    (
      await portal.client(OSKAR).call('GET /attention', { query: { state } })
    ).items.filter(item => item.source === 'certificates');

  beforeAll(async () => {
    clock.start();
    redis = await getTestRedis();
    portal = await startPortal({
      redis,
      features: [certificates],
      policy: (permission, user) =>
        user === 'user:default/nina' &&
        ['operations.flag.read', 'operations.audit.read'].includes(
          permission.name,
        )
          ? DENY
          : ALLOW,
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await redis?.close();
    clock.stop();
  });

  it('[attention.5] shows the facts of a foreign plugin, to those who have the permission that it names', async () => {
    facts = [certificate];
    await portal.look();
    expect(await items()).toEqual([
      expect.objectContaining({
        source: 'certificates',
        kind: 'certificate-expiring',
        title: certificate.title,
        place: certificate.place,
        since: '2026-11-20T00:00:00.000Z',
        state: 'open',
      }),
    ]);
    expect(portal.signals).toContainEqual({ changed: 'attention' });
    const nina = await portal
      .client('user:default/nina')
      .call('GET /attention');
    expect(nina).toMatchObject({ items: [], totalItems: 0, open: { high: 0 } });
    expect(
      portal.notifications.map(({ payload }) => [payload.title, payload.link]),
    ).toEqual([[certificate.title, 'https://certificates.example/api']]);
  });

  it('[portal.5] keeps a source as it was whose fact would lead to anything but a page, an entity or a website', async () => {
    const before = await items();
    // eslint-disable-next-line no-script-url
    const place = { kind: 'url', url: 'javascript:alert(1)' } as const;
    facts = [{ ...certificate, key: 'cert:evil', place }, certificate];
    await portal.look();
    expect(await items()).toEqual(before);
    facts = [certificate];
  });

  it('[attention.4] keeps an item silent while it is snoozed, and wakes it when the time is over', async () => {
    const client = portal.client(OSKAR);
    const [item] = await items();
    const until = new Date(Date.now() + 2 * HOUR).toISOString();
    const { item: snoozed, auditId } = await client.call(
      'POST /attention/:id/snooze',
      {
        params: { id: item.id },
        body: { reason: REASON, until },
        idempotencyKey: 'snooze-1',
      },
    );
    expect(snoozed).toMatchObject({
      state: 'snoozed',
      acknowledgement: { by: OSKAR, reason: REASON, until },
    });
    const { items: rows } = await client.call('GET /audit', {
      query: {
        action: ['attention.snooze'],
      },
    });
    expect(rows).toEqual([
      expect.objectContaining({
        id: auditId,
        actor: OSKAR,
        reason: REASON,
        outcome: 'succeeded',
        target: `attention:${item.id}`,
      }),
    ]);
    expect((await client.call('GET /attention')).open.high).toBe(0);

    clock.forward(2 * HOUR + 1000);
    await portal.look();
    expect((await items())[0]).toMatchObject({ state: 'open' });
    const { history } = await client.call('GET /attention/:id', {
      params: { id: item.id },
    });
    expect(history.map(h => [h.event, h.by])).toEqual([
      ['opened', undefined],
      ['snoozed', OSKAR],
      ['woken', undefined],
    ]);
  });

  it('[attention.4] ends an acknowledgement with its cause, and asks for a reason', async () => {
    const client = portal.client(OSKAR);
    const [item] = await items();
    await expect(
      client.call('POST /attention/:id/acknowledge', {
        params: { id: item.id },
        body: { reason: 'ok' },
        idempotencyKey: 'ack-0',
      }),
    ).rejects.toMatchObject({ statusCode: 400 });
    await client.call('POST /attention/:id/acknowledge', {
      params: { id: item.id },
      body: { reason: REASON },
      idempotencyKey: 'ack-1',
    });
    expect((await client.call('GET /attention')).open.high).toBe(0);

    facts = [];
    await portal.look();
    expect(await items()).toEqual([]);
    const { item: closed, history } = await client.call('GET /attention/:id', {
      params: { id: item.id },
    });
    expect(closed).toMatchObject({ state: 'closed' });
    expect(closed.acknowledgement).toBeUndefined();
    expect(history.slice(-2).map(h => [h.event, h.by, h.reason])).toEqual([
      ['acknowledged', OSKAR, REASON],
      ['closed', undefined, undefined],
    ]);
    expect(portal.notifications.map(n => n.payload.title)).toEqual([
      certificate.title,
      `Solved: ${certificate.title}`,
    ]);
    await expect(
      client.call('POST /attention/:id/acknowledge', {
        params: { id: item.id },
        body: { reason: REASON },
        idempotencyKey: 'ack-2',
      }),
    ).rejects.toMatchObject({ statusCode: 409 });
  });
});
