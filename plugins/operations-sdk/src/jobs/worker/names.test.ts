import { jobRegistrationSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { createJobClient } from '../client';
import { defineJob } from '../declare/defineJob';
import { startWorker } from './startWorker';

jest.setTimeout(30_000);

const NAME = 'app.tasks:Send_Mail';
const QUEUE = 'app~2Etasks~3ASend_Mail';
const TENANTS = ['nordic-gym', 'auth0|123', 'Åre', '<img src=x>', '..', '*'];

describe('names on a worker', () => {
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

  const registered = async (id: string) =>
    jobRegistrationSchema.parse(
      JSON.parse((await platform.redis.hget(platform.keys.registry, id))!),
    );

  it('[protocol.1] of a job and its tenants may be those of other systems: the schedule fans out, each tenant once', async () => {
    const seen: string[] = [];
    const job = defineJob({
      name: NAME,
      // long enough for all of them: the next slot supersedes this one
      schedule: { cron: '*/5 * * * * *' },
      manualRun: false,
      tenantScoped: true,
      handler: ctx => {
        seen.push(ctx.runId);
        ctx.log(`hello ${ctx.tenant}`);
      },
    });
    await platform.worker({ jobs: [job], tenants: TENANTS });
    expect(await registered(`bullmq/${NAME}`)).toMatchObject({
      name: NAME,
      queue: QUEUE,
      tenants: TENANTS,
    });

    const first = await platform.record({ state: 'queued' });
    const slot = Date.parse(first.scheduledFor!);
    for (const tenant of TENANTS) {
      const end = await platform.record({
        tenant,
        state: 'succeeded',
        scheduledFor: first.scheduledFor,
      });
      expect(end.id).toMatch(new RegExp(`^${QUEUE}\\.${slot}\\.`));
      expect(end).toMatchObject({ job: NAME, trigger: 'schedule' });
      expect(end.log!.lines[0].text).toBe(`hello ${tenant}`);
      const claim = platform.keys.slot(NAME, slot, tenant);
      const claimant = (await platform.redis.get(claim))!.split(' ')[0];
      expect(claimant).toBe(end.id);
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('[protocol.1] of a job lead a request to its queue', async () => {
    const job = defineJob({ name: NAME, tenantScoped: true, handler() {} });
    await platform.worker({ jobs: [job], tenants: TENANTS });
    const client = createJobClient({
      connection: server.url,
      namespace: platform.namespace,
      queuePrefix: platform.queuePrefix,
    });
    const { runId } = await client.enqueue(NAME, { tenant: 'auth0|123' });
    expect(await platform.end(runId)).toMatchObject({
      job: NAME,
      tenant: 'auth0|123',
      state: 'succeeded',
    });
    await expect(client.enqueue('a b')).rejects.toThrow(
      /^enqueue\.job: a name of 1 to 200 of the characters/,
    );
    await expect(client.enqueue(NAME, { tenant: 'a\u202eb' })).rejects.toThrow(
      "enqueue.tenant: A tenant's id has visible characters only",
    );
    await client.close();
  });

  it('[protocol.1] of a tenant that are not allowed are refused at the start, with a sentence', () => {
    const start = (tenants: string[]) => () =>
      startWorker({ jobs: [], connection: server.url, tenants });
    expect(start(['nordic-gym', 'a\u0007b'])).toThrow(
      'startWorker: tenants: "a\\u0007b" is not allowed: A tenant\'s id has visible characters only',
    );
    expect(start([' acme'])).toThrow('neither begins nor ends with a blank');
    expect(start(['A\u030are'])).toThrow("Unicode's normal form C (NFC)");
    expect(start([7 as never])).toThrow("7 is not allowed: A tenant's id is");
  });

  it('[protocol.1] of a tenant that a function answers later are left out and logged once; the worker goes on for the others', async () => {
    const job = defineJob({ name: 'export', tenantScoped: true, handler() {} });
    await platform.worker({
      jobs: [job],
      tenants: () => ['acme', 'a\u202eb', 'globex'],
    });
    expect((await registered('bullmq/export')).tenants).toEqual([
      'acme',
      'globex',
    ]);
    const queue = platform.queue('export');
    for (const runId of ['r1', 'r2']) {
      const request = { v: 1, runId, tenant: 'globex' };
      await queue.add('export', request, { jobId: runId });
      expect((await platform.end(runId)).state).toBe('succeeded');
    }
    const said = platform.said.filter(text => text.startsWith('tenants:'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('"a\\u202eb" is not allowed');
  });
});

describe('an id of BullMQ that is given again', () => {
  let server: TestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await getTestRedis();
    platform = await createTestPlatform(server);
  });
  afterAll(async () => {
    await platform.close();
    await server.close();
  });

  it('[protocol.1] makes two runs, the second failed, each with its own log', async () => {
    const job = defineJob({
      name: 'report',
      handler: ctx => {
        ctx.log(String(ctx.parameters.say));
        if (ctx.parameters.fail) throw new Error('no disk');
      },
    });
    await platform.worker({ jobs: [job] });
    const queue = platform.queue('report');
    const add = (data: object) =>
      queue.add('report', data, { jobId: 'daily-1', removeOnComplete: true });

    const first = await add({ say: 'first' });
    await platform.end(runOf(first));
    while (await queue.getJob('daily-1')) {
      // the record goes out before BullMQ has removed the job
      await new Promise(resolve => setImmediate(resolve));
    }
    const second = await add({ say: 'second', fail: true });
    expect(runOf(second)).not.toBe(runOf(first));
    expect(await platform.end(runOf(second))).toMatchObject({
      state: 'failed',
      engineJobId: 'daily-1',
      log: { totalLines: 1, lines: [{ n: 1, text: 'second' }] },
    });
    expect(await platform.end(runOf(first))).toMatchObject({
      state: 'succeeded',
      engineJobId: 'daily-1',
      log: { totalLines: 1, lines: [{ n: 1, text: 'first' }] },
    });
    const kept = await platform.redis.xrange(
      platform.keys.log(runOf(second)),
      '-',
      '+',
    );
    expect(kept).toHaveLength(1);
  });
});
