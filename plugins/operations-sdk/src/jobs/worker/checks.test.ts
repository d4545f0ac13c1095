import { z } from 'zod';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(30_000);

describe('what a run asks for', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  const seen: unknown[] = [];

  beforeAll(async () => {
    server = await getTestRedis();
    platform = await createTestPlatform(server);
    await platform.worker({
      tenants: () => ['acme', 'globex'],
      jobs: [
        defineJob({
          name: 'plain',
          parameters: z.object({
            month: z.iso.date(),
            rows: z.number().default(5),
          }),
          handler: ctx => {
            seen.push(ctx.parameters);
          },
        }),
        defineJob({
          name: 'per-tenant',
          tenantScoped: true,
          supportsDryRun: true,
          supportsTimeRange: true,
          handler: ctx => {
            const { tenant, dryRun, timeRange, triggeredBy, reason } = ctx;
            seen.push({ tenant, dryRun, timeRange, triggeredBy, reason });
          },
        }),
      ],
    });
  });
  afterAll(async () => {
    await platform.close();
    await server.close();
  });
  beforeEach(() => {
    seen.length = 0;
  });

  let count = 0;
  async function ask(job: string, request: object) {
    count += 1;
    const runId = `ask-${count}`;
    await platform
      .queue(job)
      .add(job, { v: 1, runId, ...request }, { jobId: runId });
    return platform.end(runId);
  }

  it('is given to the handler as the job declares it, and reported as asked', async () => {
    const end = await ask('plain', { parameters: { month: '2026-11-01' } });
    expect(end).toMatchObject({
      state: 'succeeded',
      parameters: { month: '2026-11-01' },
    });
    expect(seen).toEqual([{ month: '2026-11-01', rows: 5 }]);

    const timeRange = {
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-02T00:00:00.000Z',
    };
    const request = {
      trigger: 'manual',
      tenant: 'globex',
      dryRun: true,
      timeRange,
      triggeredBy: 'user:default/oskar.operator',
      reason: 'The file came late',
    };
    expect(await ask('per-tenant', request)).toMatchObject(request);
    const { trigger: _, ...given } = request;
    expect(seen[1]).toEqual(given);
  });

  it.each<[string, string, object, string]>([
    ['parameters', 'plain', { parameters: { month: 'November' } }, 'month'],
    ['dry-run', 'plain', { dryRun: true }, 'plain does not support dry runs'],
    [
      'time-range',
      'plain',
      {
        timeRange: {
          from: '2026-11-01T00:00:00Z',
          to: '2026-11-02T00:00:00Z',
        },
      },
      'plain does not take a time range',
    ],
    ['tenant', 'per-tenant', {}, 'names none'],
    ['tenant', 'per-tenant', { tenant: 'initech' }, 'no tenant initech'],
  ])('is refused by the rule %s', async (rule, job, request, message) => {
    const end = await ask(job, request);
    expect(end).toMatchObject({ state: 'refused', refusal: { rule } });
    expect(end.refusal!.message).toContain(message);
    expect(seen).toEqual([]);
  });

  it('is refused where it cannot be read', async () => {
    const job = await platform.queue('plain').add('plain', { v: 1, slot: 'x' });
    expect(
      await platform.record({ id: runOf(job), state: 'refused' }),
    ).toMatchObject({ refusal: { rule: 'request' } });
  });
});
