import { mockCredentials } from '@backstage/backend-test-utils';
import { jobRunPermission } from '@craft-easy/backstage-plugin-operations-common';
import {
  upcomingSchema,
  type Upcoming,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRegistration } from '../__testUtils__/records';
import {
  ALLOW,
  DENY,
  startOperations,
  type TestPolicy,
} from '../__testUtils__/startOperations';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from '../permissions/jobRules';
import { calendarOf } from './calendar';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const NOW = Date.parse('2026-11-20T12:00:00Z');
const ACME = 'user:default/acme';
const OUTSIDER = 'user:default/outsider';

const policy: TestPolicy = (permission, user) => {
  if (user === OUTSIDER) return DENY;
  return user === ACME && permission.name.startsWith('operations.job.')
    ? createOperationsConditionalDecision(
        jobRunPermission,
        operationsConditions.hasTenant({ tenants: ['acme'] }),
      )
    : ALLOW;
};

describe.each(databases.eachSupportedId())('upcoming runs on %s', id => {
  const others: Array<() => Promise<unknown>> = [];
  /** A portal of its own, of frequent jobs alone. */
  async function startFrequent() {
    const knex = await databases.init(id, 'jobs', 'audit', 'runs');
    const portal = await startOperations({ knex, policy, now: () => NOW });
    others.push(portal.stop);
    await portal.stores.registry.syncRegistrations(
      [
        aRegistration({ name: 'interval', schedule: { everyMs: 900_000 } }),
        ...Object.entries({
          'office-hours': '*/5 8-17 * * *',
          'at-nine': '* 9 * * *',
        }).map(([name, cron]) =>
          aRegistration({ name, schedule: { cron, timezone: 'UTC' } }),
        ),
      ].map(registration => ({ registration, seenAt: NOW })),
      NOW,
    );
    return async (query: string): Promise<Upcoming> =>
      (
        await request(portal.server)
          .get(`/api/operations/v1/upcoming-runs${query}`)
          .set(
            'authorization',
            mockCredentials.user.header('user:default/operator'),
          )
      ).body;
  }
  let operations: Awaited<ReturnType<typeof startOperations>>;

  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs', 'audit', 'runs');
    operations = await startOperations({
      knex,
      policy,
      now: () => NOW,
      windows: async () => [
        {
          startsAt: Date.parse('2026-11-21T01:00:00Z'),
          endsAt: Date.parse('2026-11-21T03:00:00Z'),
          tenant: 'globex',
        },
        {
          startsAt: Date.parse('2026-11-21T04:00:00Z'),
          endsAt: Date.parse('2026-11-21T05:00:00Z'),
        },
      ],
    });
    operations.health.workersOf = job => (job === 'bullmq/orphan' ? 0 : 2);
    const daily = (hour: number) => ({
      cron: `15 ${hour} * * *`,
      timezone: 'Europe/Stockholm',
    });
    await operations.stores.registry.syncRegistrations(
      [
        aRegistration({
          ...{ name: 'nightly', owner: 'group:default/finance' },
          schedule: daily(3),
        }),
        aRegistration({ name: 'orphan', schedule: daily(4) }),
        aRegistration({ name: 'often', schedule: { everyMs: 60_000 } }),
        aRegistration({
          ...{ name: 'per-tenant', tenantScoped: true },
          ...{ tenants: ['acme', 'globex'], schedule: daily(2) },
        }),
        aRegistration({
          ...{ name: 'acme-only', tenantScoped: true, tenants: ['acme'] },
          schedule: daily(2),
        }),
        aRegistration({ name: 'queued-at-5', schedule: daily(5) }),
        aRegistration({ name: 'by-hand' }),
        aRegistration({
          name: 'in-spring',
          schedule: { cron: '0 6 1 4 *', timezone: 'UTC' },
        }),
      ].map(registration => ({ registration, seenAt: NOW })),
      NOW,
    );
  });
  afterAll(async () => {
    await Promise.all([operations.stop(), ...others.map(stop => stop())]);
  });

  const get = (path: string, user = 'user:default/operator') =>
    request(operations.server)
      .get(`/api/operations/v1${path}`)
      .set('authorization', mockCredentials.user.header(user));
  const upcoming = async (query = '', user?: string): Promise<Upcoming> =>
    upcomingSchema.parse((await get(`/upcoming-runs${query}`, user)).body);

  it('[night.9] lists when schedules start their jobs in the next 24 hours, and what holds them up', async () => {
    const { items, jobCount, isComplete } = await upcoming();
    expect(
      items.map(({ jobName, at, count }) => `${at} ${jobName} ${count}`),
    ).toEqual([
      '2026-11-20T12:01:00.000Z often 1439',
      '2026-11-21T01:15:00.000Z acme-only 1',
      '2026-11-21T01:15:00.000Z per-tenant 1',
      '2026-11-21T02:15:00.000Z nightly 1',
      '2026-11-21T03:15:00.000Z orphan 1',
      '2026-11-21T04:15:00.000Z queued-at-5 1',
    ]);
    expect([jobCount, isComplete]).toEqual([6, true]);
    const obstacles = Object.fromEntries(
      items.map(item => [item.jobName, item.obstacles]),
    );
    expect(obstacles).toEqual({
      // some of its starts
      often: [{ kind: 'maintenance', until: '2026-11-21T05:00:00.000Z' }],
      nightly: [],
      orphan: [{ kind: 'no-worker' }],
      'queued-at-5': [
        { kind: 'maintenance', until: '2026-11-21T05:00:00.000Z' },
      ],
      // a window of a tenant that it does not run for
      'acme-only': [],
      'per-tenant': [
        {
          kind: 'maintenance',
          tenant: 'globex',
          until: '2026-11-21T03:00:00.000Z',
        },
      ],
    });
    expect((await upcoming('?hours=1')).items).toHaveLength(1);
    expect((await upcoming('?owner=group:default/finance')).items).toHaveLength(
      1,
    );
    expect((await get('/upcoming-runs?hours=1000')).status).toBe(400);
  });

  it('[night.9] says of a tenant’s runs only what holds up that tenant, and of a job without a queue nothing', async () => {
    const { items } = await upcoming('?tenant=acme');
    expect(items.map(item => [item.jobName, item.obstacles])).toEqual([
      ['acme-only', []],
      ['per-tenant', []],
    ]);
    const { getQueues } = operations.engine;
    // another program starts the runs: nothing waits for a window to end
    operations.engine.getQueues = undefined as never;
    const all = await upcoming();
    operations.engine.getQueues = getQueues;
    expect(all.items.flatMap(item => item.obstacles)).toEqual([
      { kind: 'no-worker' },
    ]);
  });

  it('[night.9] counts the starts of a frequent job, or says that there are at least so many', async () => {
    const seen = await startFrequent();
    const rows = (await seen('?hours=24')).items.map(
      ({ jobName, at, count, countIsExact, lastAt }) => [
        jobName,
        `${at.slice(11, 16)} to ${lastAt?.slice(11, 16)}`,
        `${countIsExact ? '' : 'at least '}${count}`,
      ],
    );
    expect(rows).toEqual([
      // 120 by day and none at night
      ['office-hours', '12:05 to 14:05', 'at least 25'],
      ['interval', '12:15 to 11:45', '95'],
      // 60, in one hour
      ['at-nine', '09:00 to 09:24', 'at least 25'],
    ]);
  });

  it('[night.9] lists the first thousand starts of many jobs, and counts nothing that it does not show', async () => {
    const knex = await databases.init(id, 'jobs', 'audit', 'runs');
    const portal = await startOperations({ knex, policy, now: () => NOW });
    others.push(portal.stop);
    await portal.stores.registry.syncRegistrations(
      Array.from({ length: 120 }, (_, i) => ({
        registration: aRegistration({
          name: `hourly-${i}`,
          schedule: { cron: `${i % 60} * * * *`, timezone: 'UTC' },
        }),
        seenAt: NOW,
      })),
      NOW,
    );
    const asked: string[] = [];
    const note = ({ sql }: { sql: string }) => asked.push(sql);
    knex.on('query', note);
    const { body } = await request(portal.server)
      .get('/api/operations/v1/upcoming-runs')
      .set(
        'authorization',
        mockCredentials.user.header('user:default/operator'),
      );
    knex.off('query', note);
    const { items, jobCount, isComplete, listedUntil } =
      upcomingSchema.parse(body);
    expect([items.length, jobCount, isComplete]).toEqual([1_000, 120, true]);
    // two a minute from 12:01 on: the 1,001st begins 500 minutes later
    expect(listedUntil).toBe('2026-11-20T20:21:00.000Z');
    const times = items.map(item => item.at);
    expect(times).toEqual([...times].sort());
    expect(times[0]).toBe('2026-11-20T12:01:00.000Z');
    expect(times[999]).toBe('2026-11-20T20:20:00.000Z');
    expect(asked.filter(sql => /group by/i.test(sql))).toEqual([]);
  });

  it('[night.9] gives the events of a calendar the same names in each file', () => {
    const uidsFrom = (minute: number) => {
      const item = { jobId: 'bullmq/j', jobName: 'j', engine: 'bullmq' };
      const at = new Date(NOW + minute * 60_000).toISOString();
      const file = calendarOf({
        ...{ from: at, to: at, jobCount: 2, isComplete: true },
        items: [
          { ...item, at, count: 90, countIsExact: true, obstacles: [] },
          {
            ...{ ...item, jobId: 'bullmq/k', count: 1, countIsExact: true },
            ...{ at: '2026-11-21T01:15:00.000Z', obstacles: [] },
          },
        ],
        freshness: { state: 'live', asOf: at },
      });
      return file.match(/^UID:.*$/gm)!;
    };
    expect(uidsFrom(1)).toHaveLength(2);
    expect(uidsFrom(2)).toEqual(uidsFrom(1));
  });

  it('[night.5] tells a user of one tenant nothing of the jobs and the maintenance of others', async () => {
    const { items } = await upcoming('', ACME);
    expect(items).toMatchObject([
      { jobName: 'acme-only', tenantCount: 1, obstacles: [] },
      { jobName: 'per-tenant', tenantCount: 1, obstacles: [] },
    ]);
    expect((await get('/upcoming-runs', OUTSIDER)).status).toBe(403);
    expect((await get('/upcoming-runs/calendar', OUTSIDER)).status).toBe(403);
  });

  it('[night.9] gives them as a calendar, to each caller with the jobs that they may see', async () => {
    const { text, headers } = await get('/upcoming-runs/calendar').buffer();
    expect(headers['content-type']).toMatch(/^text\/calendar/);
    expect(text.split('BEGIN:VEVENT')).toHaveLength(7);
    expect(text).toContain('DTSTART:20261121T021500Z\r\n');
    expect(text).toContain('SUMMARY:often (1439 runs)\r\n');
    expect(text).toContain('DESCRIPTION:No live worker announces it\r\n');
    for (const line of text.split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    }
    const mine = (await get('/upcoming-runs/calendar', ACME).buffer()).text;
    expect(mine.split('BEGIN:VEVENT')).toHaveLength(3);
    expect(mine).not.toMatch(/globex|nightly/);
  });
});
