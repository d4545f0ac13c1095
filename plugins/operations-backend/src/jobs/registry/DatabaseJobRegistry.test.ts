import type { Knex } from 'knex';
import { JobAccess } from '../../permissions/JobAccess';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord, aRegistration, ended } from '../../__testUtils__/records';
import { derivedRunId } from '@craft-easy/backstage-plugin-operations-protocol';
import { JobFactsStore } from '../attention/JobFactsStore';
import { InventoryStore } from '../inventory/InventoryStore';
import { NO_NEXT_RUN } from '../jobRow';
import { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from './DatabaseJobRegistry';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const MINUTE = 60_000;

describe.each(databases.eachSupportedId())('the job registry on %s', id => {
  let knex: Knex;
  let registry: DatabaseJobRegistry;
  let recorder: DatabaseRunRecorder;
  beforeEach(async () => {
    knex = await databases.init(id, 'jobs');
    registry = new DatabaseJobRegistry(knex);
    recorder = new DatabaseRunRecorder(knex);
  });

  const sync = (
    given: Parameters<typeof aRegistration>[0],
    seenAt = NOW,
    now = seenAt,
  ) =>
    registry.syncRegistrations(
      [{ registration: aRegistration(given), seenAt }],
      now,
    );
  const job = async () => {
    const row = await new InventoryStore(knex).get(
      'bullmq/nightly',
      new JobAccess(true),
    );
    return row!.job;
  };

  it('adds a job once, and writes again only what changed', async () => {
    expect(await sync({ description: 'one' })).toEqual({
      changed: ['bullmq/nightly'],
    });
    expect(
      await sync(
        { description: 'one', registeredAt: '2026-11-20T11:00:00.000Z' },
        NOW + 5000,
      ),
    ).toEqual({ changed: [] });
    expect(await sync({ description: 'two' }, NOW + 10_000)).toEqual({
      changed: ['bullmq/nightly'],
    });
    expect(await job()).toMatchObject({
      declared: true,
      registered: true,
      last_seen_at: NOW + 10_000,
    });
  });

  it('notes when a job was last announced, without a write each time', async () => {
    await sync({});
    await sync({}, NOW + 30_000);
    expect((await job()).last_seen_at).toBe(NOW);
    await sync({}, NOW + 90_000);
    expect((await job()).last_seen_at).toBe(NOW + 90_000);
  });

  it('marks a job that falls silent, and one that is gone from the registry, and takes it back', async () => {
    await sync({});
    expect(await sync({}, NOW, NOW + 2 * MINUTE)).toEqual({
      changed: ['bullmq/nightly'],
    });
    expect((await job()).registered).toBe(false);
    await sync({}, NOW + 3 * MINUTE);
    expect((await job()).registered).toBe(true);
    expect(await registry.syncRegistrations([], NOW + 4 * MINUTE)).toEqual({
      changed: ['bullmq/nightly'],
    });
    expect(await job()).toMatchObject({ registered: false, declared: true });
    expect(await registry.listQueues()).toEqual([]);
  });

  it('gives an undeclared job its declaration, and keeps its history', async () => {
    await recorder.record([
      ended({ startedAt: '2026-11-20T02:00:00.000Z', state: 'failed' }),
    ]);
    expect(await job()).toMatchObject({ declared: false, registered: false });
    await sync({ owner: 'group:default/finance' });
    expect(await job()).toMatchObject({
      declared: true,
      owner: 'group:default/finance',
      last_status: 'failed',
    });
  });

  it('keeps the tenants in step: new ones appear, ones without history go', async () => {
    const tenants = async () =>
      (await knex('job_tenants').orderBy('tenant')).map(t => [
        t.tenant,
        Boolean(t.declared),
      ]);
    const facet = async () =>
      (await knex('tenants').where('job_count', '>', 0).orderBy('tenant')).map(
        t => t.tenant,
      );
    await sync({ tenantScoped: true, tenants: ['acme', 'globex', 'initech'] });
    await recorder.record([
      ended({ startedAt: '2026-11-20T02:00:00.000Z', tenant: 'acme' }),
    ]);
    await sync({ tenantScoped: true, tenants: ['globex', 'hooli'] }, NOW + 1);
    expect(await tenants()).toEqual([
      ['acme', false],
      ['globex', true],
      ['hooli', true],
    ]);
    expect(await facet()).toEqual(['acme', 'globex', 'hooli']);
    expect((await job()).tenant_count).toBe(3);
    await sync({ tenantScoped: true, tenants: ['acme', 'globex'] }, NOW + 2);
    expect(await tenants()).toEqual([
      ['acme', true],
      ['globex', true],
    ]);
    expect((await job()).tenant_count).toBe(2);
  });

  it('moves next runs on, in the time zone of the job', async () => {
    await sync({
      schedule: { cron: '15 2 * * *', timezone: 'Europe/Stockholm' },
    });
    expect((await job()).next_run_at).toBe(
      Date.parse('2026-11-21T01:15:00.000Z'),
    );
    expect(await registry.passSchedules(NOW)).toEqual([]);
    await registry.passSchedules(Date.parse('2026-11-21T01:15:01.000Z'));
    expect((await job()).next_run_at).toBe(
      Date.parse('2026-11-22T01:15:00.000Z'),
    );
    await sync(
      { schedule: { cron: 'not a cron', timezone: 'Nowhere/Else' } },
      NOW + 1,
    );
    expect((await job()).next_run_at).toBe(NO_NEXT_RUN);
  });

  it('notices a slot that brought no run, and forgets it when one comes', async () => {
    await sync({
      schedule: { everyMs: 10 * MINUTE },
      missedAfterMs: 2 * MINUTE,
    });
    const slot = (await job()).next_run_at;
    await registry.passSchedules(slot + MINUTE);
    expect(await job()).toMatchObject({ due_slot: slot, missed_slot: null });
    await registry.passSchedules(slot + 3 * MINUTE);
    const missed = await job();
    expect(missed).toMatchObject({ missed_slot: slot });
    await recorder.record([
      aRecord({
        state: 'running',
        at: new Date(slot + 4 * MINUTE).toISOString(),
        scheduledFor: new Date(slot).toISOString(),
      }),
    ]);
    expect(await job()).toMatchObject({ due_slot: null, missed_slot: null });
    expect((await job()).attention).toBeGreaterThan(missed.attention);
  });

  it('does not call missed what came before anybody looked', async () => {
    await sync({ schedule: { everyMs: 10 * MINUTE }, missedAfterMs: MINUTE });
    const slot = (await job()).next_run_at;
    await recorder.record([
      ended({
        startedAt: new Date(slot).toISOString(),
        scheduledFor: new Date(slot).toISOString(),
      }),
    ]);
    await registry.passSchedules(slot + 5 * MINUTE);
    expect(await job()).toMatchObject({ due_slot: null, missed_slot: null });
  });

  it('[checkin.4] believes no registration of an engine whose jobs report to the portal, and leaves those jobs announced', async () => {
    const own = new DatabaseJobRegistry(knex, new Set(['checkin']));
    const declared = aRegistration({
      engine: 'checkin',
      owner: 'group:default/data',
    });
    await own.declare(knex, [declared], NOW);
    const forged = { ...declared, owner: 'group:default/mallory' };
    expect(
      await own.syncRegistrations(
        [{ registration: forged, seenAt: NOW }],
        NOW + 5 * MINUTE,
      ),
    ).toEqual({ changed: [] });
    const [row] = await knex('jobs').where({ engine: 'checkin' });
    expect(row.owner).toBe('group:default/data');
    expect(Boolean(row.registered)).toBe(true);
  });

  it('shows jobs seen on foreign queues until somebody declares them', async () => {
    const seen = [
      { engine: 'bullmq' as const, name: 'nightly', queue: 'Nightly Mails' },
    ];
    expect(await registry.noteObserved(seen, NOW)).toEqual({
      changed: ['bullmq/nightly'],
    });
    expect(await registry.noteObserved(seen, NOW + 1000)).toEqual({
      changed: [],
    });
    expect(await job()).toMatchObject({
      declared: false,
      registered: true,
      queue: 'Nightly Mails',
    });
    expect(await registry.listQueues()).toEqual(seen);
    await sync({}, NOW + 2000);
    expect(await registry.noteObserved(seen, NOW + 9 * MINUTE)).toEqual({
      changed: [],
    });
    expect(await job()).toMatchObject({ declared: true, queue: 'nightly' });
  });

  it('tells which runs it believes to be active, oldest first, with all it takes to end them', async () => {
    await sync({});
    const record = aRecord({
      ...{
        id: 'b',
        state: 'running',
        at: '2026-11-20T11:00:00.000Z',
        workerId: 'w1',
      },
      ...{
        tenant: 'acme',
        parameters: { month: '2026-10' },
        trigger: 'manual',
        reason: 'why not',
      },
      startedAt: '2026-11-20T11:00:00.000Z',
      queuedAt: '2026-11-20T10:59:00.000Z',
    });
    await recorder.record([
      record,
      aRecord({ id: 'a', state: 'queued', at: '2026-11-20T10:00:00.000Z' }),
      aRecord({ id: 'c', state: 'running', at: '2026-11-20T11:59:59.000Z' }),
      ended({ id: 'd', startedAt: '2026-11-20T09:00:00.000Z' }),
    ]);
    const runs = await registry.activeRuns({
      olderThan: NOW - 10_000,
      limit: 10,
    });
    expect(runs.map(r => [r.id, r.status])).toEqual([
      ['a', 'queued'],
      ['b', 'running'],
    ]);
    expect(runs[1]).toMatchObject({
      queue: 'nightly',
      workerId: 'w1',
      since: Date.parse('2026-11-20T11:00:00.000Z'),
    });
    expect(runs[1].record).toEqual(record);
    expect(
      await registry.activeRuns({ olderThan: NOW, limit: 1 }),
    ).toHaveLength(1);
  });

  it('[protocol.1] notes which registrations cannot be read, since when, for as long as they cannot', async () => {
    await sync({ owner: 'group:default/finance' });
    const facts = new JobFactsStore(knex);
    const bad = (jobId: string, problem: string) => ({ jobId, problem });
    await registry.noteUnreadable([bad('bullmq/nightly', 'v: no')], NOW);
    await registry.noteUnreadable(
      [bad('bullmq/nightly', 'tenants.1: no'), bad('bullmq/x\0', 'v: no')],
      NOW + MINUTE,
    );
    expect(await facts.unreadable()).toEqual([
      {
        jobId: 'bullmq/nightly',
        problem: 'tenants.1: no',
        since: NOW,
        owner: 'group:default/finance',
        isDeclared: true,
      },
      {
        jobId: 'bullmq/x\ufffd',
        problem: 'v: no',
        since: NOW + MINUTE,
        owner: undefined,
        isDeclared: false,
      },
    ]);
    const inForce = await registry.registrationsOf(['bullmq/nightly', 'x']);
    expect([...inForce.keys()]).toEqual(['bullmq/nightly']);
    expect(inForce.get('bullmq/nightly')!.owner).toBe('group:default/finance');
    await registry.noteUnreadable([], NOW + 2 * MINUTE);
    expect(await facts.unreadable()).toEqual([]);
  });

  it('[protocol.1] finds the runs of an id that an engine gave more than once', async () => {
    const endOf = (engineJobId: string, at: string, state = 'succeeded') =>
      ended({
        id: derivedRunId('nightly', engineJobId, Date.parse(at)),
        engineJobId,
        startedAt: at,
        state: state as 'succeeded',
      });
    await recorder.record([
      endOf('daily_1', '2026-11-20T02:00:00.000Z'),
      endOf('daily_1', '2026-11-20T03:00:00.000Z', 'lost'),
      endOf('daily', '2026-11-20T02:00:00.000Z'),
      endOf('daily_1x', '2026-11-20T02:00:00.000Z'),
    ]);
    const ref = { engine: 'bullmq' as const, name: 'nightly', queue: 'q' };
    const found = await registry.findRuns(ref, ['daily_1', 'other']);
    expect(found).toEqual([
      {
        runId: derivedRunId(
          'nightly',
          'daily_1',
          Date.parse('2026-11-20T02:00:00.000Z'),
        ),
        engineJobId: 'daily_1',
        queuedAt: Date.parse('2026-11-20T02:00:00.000Z'),
        endedAt: Date.parse('2026-11-20T02:00:10.000Z'),
      },
      expect.objectContaining({
        queuedAt: Date.parse('2026-11-20T03:00:00.000Z'),
        endedAt: undefined,
      }),
    ]);
  });
});
