import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { createJobClient } from '../client';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(30_000);

describe('a tenant-scoped job', () => {
  let server: TestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
  });
  afterEach(() => platform.close());

  it('fans a slot out to a run per tenant, each granted once, over two workers', async () => {
    const executed: string[] = [];
    let now = 0;
    let most = 0;
    const job = defineJob({
      name: 'nightly',
      schedule: { cron: '* * * * * *' },
      manualRun: false,
      tenantScoped: true,
      handler: async ctx => {
        now += 1;
        most = Math.max(most, now);
        executed.push(ctx.runId);
        await new Promise(resolve => setImmediate(resolve));
        now -= 1;
      },
    });
    const tenants = ['acme', 'globex', 'initech'];
    await platform.worker({ jobs: [job], tenants });
    await platform.worker({ jobs: [job], tenants });

    const first = await platform.record({ state: 'queued' });
    const slot = Date.parse(first.scheduledFor!);
    for (const tenant of tenants) {
      const id = `nightly.${slot}.${tenant}`;
      expect(await platform.end(id)).toMatchObject({
        state: 'succeeded',
        trigger: 'schedule',
        tenant,
        scheduledFor: first.scheduledFor,
      });
    }
    expect(most).toBe(1);
    expect(new Set(executed).size).toBe(executed.length);
    // the dispatch itself is no run
    const records = await platform.records();
    expect(records.filter(record => !record.tenant)).toEqual([]);
    expect(
      await platform.redis.smembers(platform.keys.grants('nightly', slot)),
    ).toEqual([]);
  });

  it('runs several tenants at a time where it declares so, but never one tenant twice', async () => {
    const busy = new Map<string, number>();
    const overlaps: string[] = [];
    let bothExecute: () => void = () => {};
    const bothRun = new Promise<void>(resolve => {
      bothExecute = resolve;
    });
    const job = defineJob({
      name: 'export',
      tenantScoped: true,
      concurrency: 4,
      handler: async ctx => {
        const runs = (busy.get(ctx.tenant!) ?? 0) + 1;
        busy.set(ctx.tenant!, runs);
        if (runs > 1) {
          overlaps.push(ctx.tenant!);
        }
        if (busy.get('acme') && busy.get('globex')) {
          bothExecute();
        }
        // nobody leaves before both tenants were in
        await bothRun;
        busy.set(ctx.tenant!, busy.get(ctx.tenant!)! - 1);
      },
    });
    await platform.worker({ jobs: [job], tenants: ['acme', 'globex'] });
    const client = createJobClient({
      connection: server.url,
      namespace: platform.namespace,
      queuePrefix: platform.queuePrefix,
    });
    const runs = [];
    for (const tenant of ['acme', 'acme', 'acme', 'globex', 'globex']) {
      runs.push(await client.enqueue(job, { tenant }));
    }
    for (const { runId } of runs) {
      expect(await platform.end(runId)).toMatchObject({
        state: 'succeeded',
        attempt: 1,
      });
    }
    expect(overlaps).toEqual([]);
    await client.close();
    const turns = await platform.redis.keys(
      `${platform.keys.tenantLock('export', '')}*`,
    );
    expect(turns).toEqual([]);
  });
});
