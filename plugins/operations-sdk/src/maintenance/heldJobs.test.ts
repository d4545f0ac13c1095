import type { MaintenanceRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { Controls } from '../controls';
import { changed, publisherFor } from '../controls/__testUtils__/publish';
import { createJobClient, defineJob } from '../jobs';
import {
  createTestPlatform,
  type TestPlatform,
} from '../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Maintenance } from './Maintenance';

jest.setTimeout(30_000);

describe('jobs of a tenant in maintenance', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  let portal: ReturnType<typeof publisherFor>;
  let controls: Controls;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    portal = publisherFor(server.url, platform.namespace);
    controls = new Controls({
      connection: server.url,
      namespace: platform.namespace,
      onError: () => {},
    });
    await controls.ready;
  });
  afterEach(async () => {
    await platform.close();
    await controls.close();
    portal.close();
  });

  async function offline(endsAt: number) {
    const revision = await portal.publish<MaintenanceRecord>('maintenance', [
      {
        id: 'window',
        scope: { kind: 'tenant', tenant: 'acme' },
        mode: 'offline',
        startsAt: new Date(Date.now() - 1_000).toISOString(),
        endsAt: new Date(endsAt).toISOString(),
        timezone: 'UTC',
        messages: {},
        holdJobs: true,
      },
    ]);
    const state = controls.state('maintenance');
    await changed(state, () => state.revision >= revision);
  }

  it('[controls.3] are not started while it is offline but held, whether asked for or scheduled, and go on afterwards', async () => {
    const maintenance = new Maintenance(controls);
    await offline(Date.now() + 3_600_000);
    const started: string[] = [];
    const handler = async ({ tenant }: { tenant?: string }) => {
      started.push(tenant!);
    };
    const asked = defineJob({ name: 'asked', tenantScoped: true, handler });
    const scheduled = defineJob({
      name: 'scheduled',
      schedule: { cron: '* * * * * *' },
      manualRun: false,
      tenantScoped: true,
      handler,
    });
    await platform.worker({
      jobs: [asked, scheduled],
      tenants: ['acme', 'globex'],
      isTenantHeld: tenant => maintenance.isTenantHeld(tenant),
    });
    const client = createJobClient({
      connection: server.url,
      namespace: platform.namespace,
      queuePrefix: platform.queuePrefix,
    });
    const held = await client.enqueue(asked, { tenant: 'acme' });
    const free = await client.enqueue(asked, { tenant: 'globex' });
    await client.close();
    expect(await platform.end(free.runId)).toMatchObject({
      state: 'succeeded',
    });
    const slot = await platform.record(
      r => r.job === 'scheduled' && r.state === 'succeeded',
    );
    expect(slot.tenant).toBe('globex');
    // later slots have been started for one tenant, none for the other
    await platform.record(
      r =>
        r.job === 'scheduled' &&
        r.state === 'succeeded' &&
        r.scheduledFor! > slot.scheduledFor!,
    );
    expect(started).not.toContain('acme');
    expect(await platform.queue('asked').getDelayedCount()).toBe(1);

    await offline(Date.now());
    expect(await platform.end(held.runId)).toMatchObject({
      state: 'succeeded',
      tenant: 'acme',
      attempt: 1,
    });
    // the job may run once per slot, and while its slot is the newest one only
    const missed = await platform.record(
      r =>
        r.job === 'scheduled' &&
        r.tenant === 'acme' &&
        r.scheduledFor === slot.scheduledFor &&
        r.state === 'refused',
    );
    expect(missed.refusal!.rule).toBe('late-slot');
    const next = await platform.record(
      r =>
        r.job === 'scheduled' && r.tenant === 'acme' && r.state === 'succeeded',
    );
    expect(next).toMatchObject({ trigger: 'schedule', attempt: 1 });
    expect(next.scheduledFor! > slot.scheduledFor!).toBe(true);
  });
});
