import { mockCredentials } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  runBulkItemsSchema,
  runBulkPreviewSchema,
  type RunBulk,
  type RunBulkItem,
  type RunBulkPreview,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { jobRunPermission } from '@craft-easy/backstage-plugin-operations-common';
import { mockServices } from '@backstage/backend-test-utils';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRecord, aRegistration, ended } from '../__testUtils__/records';
import {
  ALLOW,
  startOperations,
  type TestPolicy,
} from '../__testUtils__/startOperations';
import {
  createOperationsConditionalDecision,
  operationsConditions,
} from '../permissions/jobRules';
import { RunBulkRunner } from './bulk/RunBulkRunner';
import { RunBulkStore } from './bulk/RunBulkStore';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';
const ACME = 'user:default/acme';
const OPERATOR = 'user:default/operator';
const reason = 'the mail provider is back';

const policy: TestPolicy = (permission, user) =>
  user === ACME && permission.name.startsWith('operations.job.')
    ? createOperationsConditionalDecision(
        jobRunPermission,
        operationsConditions.hasTenant({ tenants: ['acme'] }),
      )
    : ALLOW;

const TENANTS = ['acme', 'globex', 'initech'];
const JOBS = ['export', 'import', 'mailing'];

describe.each(databases.eachSupportedId())('bulk actions on %s', id => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await getTestRedis();
  });
  const NOW = Date.now();
  const at = (minutesAgo: number) =>
    new Date(NOW - minutesAgo * 60_000).toISOString();
  const stops: Array<() => Promise<unknown>> = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  /** A portal after an outage: 27 failures of three jobs for three tenants, 3 of a guarded job. */
  async function start(perTenant = 3) {
    const knex = await databases.init(id);
    const operations = await startOperations({ knex, policy });
    stops.push(() => operations.stop());
    const { registry, recorder } = operations.stores;
    await registry.syncRegistrations(
      [
        ...JOBS.map(name =>
          aRegistration({
            ...{ name, tenantScoped: true, tenants: TENANTS },
            cancellable: name !== 'import',
          }),
        ),
        aRegistration({
          ...{ name: 'ledger', manualRun: false, tenantScoped: true },
          manualRunReason: 'Ledger entries would be booked twice',
          tenants: TENANTS,
          onCall: { title: 'Finance on call', url: 'https://pager.test/f' },
        }),
      ].map(registration => ({ registration, seenAt: NOW })),
      NOW,
    );
    const error = { name: 'ProviderError', message: '502 from the provider' };
    await recorder.record(
      [...JOBS, 'ledger'].flatMap((job, j) =>
        TENANTS.flatMap((tenant, t) =>
          Array.from({ length: job === 'ledger' ? 1 : perTenant }, (_, i) =>
            ended({
              ...{ id: `${job}-${tenant}-${i}`, job, tenant, error },
              startedAt: at(10 + i * 9 + t * 3 + j),
              state: 'failed',
            }),
          ),
        ),
      ),
    );
    const call = async (path: string, body: object, user = OPERATOR) =>
      request(operations.server)
        .post(`${base}${path}`)
        .set('authorization', mockCredentials.user.header(user))
        .send(body);
    const get = async (path: string, user = OPERATOR) =>
      request(operations.server)
        .get(`${base}${path}`)
        .set('authorization', mockCredentials.user.header(user));
    const preview = async (body: object, user?: string) => {
      const answer = await call('/run-bulks/preview', body, user);
      expect([answer.status, answer.body.error]).toEqual([200, undefined]);
      return runBulkPreviewSchema.parse(answer.body);
    };
    const create = async (
      { asOf, count }: RunBulkPreview,
      given: { action: string; filter?: object; perSecond?: number },
      user?: string,
    ) => {
      const { action, filter = {}, perSecond = 100 } = given;
      const selection = { filter, asOf };
      return call(
        '/run-bulks',
        { action, selection, expected: count, reason, perSecond },
        user,
      );
    };
    const bulkOf = async (bulkId: string): Promise<RunBulk> =>
      (await get(`/run-bulks/${bulkId}`)).body;
    const itemsOf = async (bulkId: string): Promise<RunBulkItem[]> =>
      runBulkItemsSchema.parse(
        (await get(`/run-bulks/${bulkId}/items?limit=200`)).body,
      ).items;
    const trail = async () =>
      (await get('/audit?limit=200')).body.items as Array<Record<string, any>>;
    return {
      ...{ ...operations, call, get, preview, create, bulkOf, itemsOf, trail },
    };
  }
  type Portal = Awaited<ReturnType<typeof start>>;

  /** A replica that gives runs their turns; `dies` makes it end in the middle of one. */
  function startRunner(
    portal: Portal,
    steps = portal.steps,
    now: () => number = Date.now,
  ) {
    const { url, namespace, queuePrefix } = redis;
    const logger = mockServices.logger.mock();
    const client = createOperationsRedis(
      readRedisOptions(
        mockServices.rootConfig({
          data: { operations: { redis: { url, namespace, queuePrefix } } },
        }),
      ),
      logger,
    );
    const runner = new RunBulkRunner({
      ...{ knex: portal.knex, redis: client, logger, steps, now },
      audit: portal.audit.store,
      onChange: () => {},
    });
    runner.start();
    const stop = async () => {
      await runner.stop();
      client.close();
    };
    stops.push(stop);
    return { runner, stop };
  }

  /** The platform runs what is queued; each run succeeds, but those of `fails`. */
  async function runQueued(
    portal: Portal,
    runner: RunBulkRunner,
    fails: (tenant: string) => boolean = () => false,
  ) {
    const { engine, stores } = portal;
    const records = [...engine.queued.keys()].map(runId => runId);
    const rows = await stores.runs.get(records[0]);
    expect(rows).toBeDefined();
    for (const runId of records) {
      const row = (await stores.runs.get(runId))!;
      const failed = fails(row.tenant ?? '');
      const record = aRecord({
        id: runId,
        ...{ job: row.job_id.split('/')[1], tenant: row.tenant ?? undefined },
        ...{ trigger: 'retry', at: new Date().toISOString() },
        state: failed ? 'failed' : 'succeeded',
        ...(failed && { error: { name: 'Error', message: 'still down' } }),
      });
      engine.queued.delete(runId);
      await stores.recorder.record([record]);
      await runner.note([record]);
    }
    return records;
  }

  it('[night.8] previews exactly what a retry takes, and what it leaves out, why and whom to page', async () => {
    const portal = await start();
    await portal.stores.recorder.record([
      ended({
        ...{ id: 'mended', job: 'export', tenant: 'acme', startedAt: at(1) },
        ...{ trigger: 'retry', retryOf: 'export-acme-0' },
      }),
      ended({
        ...{ id: 'in-vain', job: 'export', tenant: 'acme', startedAt: at(1) },
        ...{ trigger: 'retry', retryOf: 'export-acme-1', state: 'succeeded' },
        dryRun: true,
      }),
    ]);
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    expect(found).toMatchObject({
      count: 25,
      jobs: [
        { jobId: 'bullmq/import', count: 9 },
        { jobId: 'bullmq/mailing', count: 9 },
        { jobId: 'bullmq/export', count: 7 },
      ],
      jobCount: 3,
      tenantCount: 3,
      largestLane: 3,
      forbidden: [
        {
          ...{ jobId: 'bullmq/ledger', count: 3 },
          reason: 'Ledger entries would be booked twice',
          contact: { title: 'Finance on call', url: 'https://pager.test/f' },
        },
      ],
      skipped: { recovered: 1, retried: 1, state: 0, permission: 0 },
    });
    const ids = ['export-globex-0', 'ledger-acme-0', 'mended'];
    expect(
      await portal.preview({ action: 'retry', selection: { ids } }),
    ).toMatchObject({
      ...{ count: 1, forbidden: [{ count: 1 }] },
      skipped: { state: 1 },
    });
  });

  it('[night.8] takes the number that was previewed or nothing', async () => {
    const portal = await start();
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const changed = await portal.create(
      { ...found, count: found.count - 1 },
      { action: 'retry' },
    );
    expect(changed.status).toBe(409);
    expect(changed.body.error.message).toContain('would take 27 runs');
    expect(await portal.knex('run_bulk_items').first()).toBeUndefined();
    for (const [body, field] of [
      [{ action: 'delete' }, 'action'],
      [{ perSecond: 0 }, 'perSecond'],
      [{ reason: '' }, 'reason'],
      [{ selection: { ids: [] } }, 'selection'],
      [{ colour: 'red' }, 'colour'],
    ] as const) {
      const { asOf, count: expected } = found;
      const answer = await portal.call('/run-bulks', {
        ...{ action: 'retry', selection: { filter: {}, asOf } },
        ...{ expected, reason },
        ...body,
      });
      expect([field, answer.status]).toEqual([field, 400]);
      expect(answer.body.error.message).toContain(field);
    }
  });

  it('[night.8] retries what a filter matches, follows each run to its end, and writes one entry for the action and one per run', async () => {
    const portal = await start();
    const { runner } = startRunner(portal);
    const filter = { tenant: ['acme', 'globex'] };
    const found = await portal.preview({
      action: 'retry',
      selection: { filter },
    });
    expect(found.count).toBe(18);
    const created = await portal.create(found, { action: 'retry', filter });
    expect([created.status, created.body.bulk]).toEqual([
      202,
      expect.objectContaining({ total: 18, status: 'running', canStop: true }),
    ]);
    const { bulk, auditId } = created.body;
    runner.wake();
    await until(async () => (await portal.bulkOf(bulk.id)).left === 0);
    await until(async () =>
      (await portal.itemsOf(bulk.id)).every(i => i.state === 'sent'),
    );
    expect(portal.engine.queued.size).toBe(18);
    await runQueued(portal, runner, tenant => tenant === 'globex');

    expect(await portal.bulkOf(bulk.id)).toMatchObject({
      ...{ status: 'finished', total: 18, succeeded: 9, failed: 9 },
      ...{ left: 0, sent: 0, refused: 0, stopped: 0 },
    });
    const items = await portal.itemsOf(bulk.id);
    const acme = items.find(item => item.runId === 'export-acme-0')!;
    expect(acme).toMatchObject({ state: 'succeeded', status: 'succeeded' });
    expect(items.find(item => item.runId === 'import-globex-1')).toMatchObject({
      ...{ state: 'failed', message: 'still down' },
    });
    const mended = (await portal.get('/runs/export-acme-0')).body;
    expect(mended).toMatchObject({
      recovered: true,
      retriedBy: acme.madeRunId,
    });
    const made = (await portal.get(`/runs/${acme.madeRunId}`)).body;
    expect(made).toMatchObject({
      ...{ trigger: 'retry', triggeredBy: OPERATOR, reason },
      retryOf: 'export-acme-0',
    });

    const trail = await portal.trail();
    expect(trail.find(entry => entry.id === auditId)).toMatchObject({
      ...{ action: 'run.bulk-retry', outcome: 'succeeded', reason },
      target: `run-bulk:${bulk.id}`,
      after: { count: 18 },
    });
    const each = trail.filter(entry => entry.action === 'job.retry');
    expect(each).toHaveLength(18);
    expect(new Set(each.map(entry => entry.target)).size).toBe(18);
    expect(
      each.find(entry => entry.target === 'run:export-acme-0'),
    ).toMatchObject({
      ...{ actor: OPERATOR, outcome: 'succeeded', tenant: 'acme', reason },
      after: { runId: acme.madeRunId },
    });
  });

  it('[night.8] never starts what a contract forbids, also where it forbids it only after the plan', async () => {
    const portal = await start();
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const { bulk } = (await portal.create(found, { action: 'retry' })).body;
    await portal.stores.registry.syncRegistrations(
      [
        aRegistration({
          ...{ name: 'export', tenantScoped: true, tenants: TENANTS },
          ...{ manualRun: false, registeredAt: new Date().toISOString() },
        }),
        ...['import', 'mailing'].map(name =>
          aRegistration({ name, tenantScoped: true, tenants: TENANTS }),
        ),
      ].map(registration => ({ registration, seenAt: Date.now() })),
      Date.now(),
    );
    startRunner(portal);
    await until(async () => (await portal.bulkOf(bulk.id)).left === 0);
    await until(async () => (await portal.bulkOf(bulk.id)).refused === 9);
    expect(portal.engine.queued.size).toBe(18);
    const started = [...portal.engine.queued.keys()];
    const jobs = await portal
      .knex('runs')
      .whereIn('id', started)
      .pluck('job_id');
    expect(new Set(jobs)).toEqual(new Set(['bullmq/import', 'bullmq/mailing']));
    const refused = (await portal.itemsOf(bulk.id)).filter(
      item => item.state === 'refused',
    );
    expect(refused).toHaveLength(9);
    expect(refused[0].message).toContain('forbids manual runs');
    expect(
      (await portal.trail()).filter(e => e.outcome === 'refused'),
    ).toHaveLength(9);
  });

  it('[night.8] retries no run twice: not one that another action has, nor one that somebody has retried', async () => {
    const portal = await start();
    const first = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const { bulk } = (await portal.create(first, { action: 'retry' })).body;
    expect(
      await portal.preview({ action: 'retry', selection: { filter: {} } }),
    ).toMatchObject({ count: 0, skipped: { underWay: 27 } });
    const one = await portal.call('/runs/export-acme-0/retry', { reason });
    expect(one.status).toBe(202);
    startRunner(portal);
    await until(async () => (await portal.bulkOf(bulk.id)).refused === 1);
    await until(async () => (await portal.bulkOf(bulk.id)).sent === 26);
    expect(portal.engine.queued.size).toBe(27);
    expect(
      (await portal.itemsOf(bulk.id)).find(i => i.state === 'refused'),
    ).toMatchObject({ runId: 'export-acme-0' });
  });

  it('[night.2] goes on where a killed process stopped: none lost, none doubled', async () => {
    const portal = await start();
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const { bulk } = (await portal.create(found, { action: 'retry' })).body;
    // each of these turns is cut off: before the run is queued, or after
    let turns = 0;
    const dying = Object.assign(Object.create(portal.steps), {
      async retry(...args: Parameters<typeof portal.steps.retry>) {
        turns += 1;
        if (turns % 2) await portal.steps.retry(...args);
        throw new ServiceUnavailableError('the process died here');
      },
    });
    const first = startRunner(portal, dying);
    await until(async () => turns === 27);
    await first.stop();
    expect(portal.engine.queued.size).toBe(14);
    const { runner } = startRunner(portal);
    await until(async () => (await portal.bulkOf(bulk.id)).sent === 27);
    await until(async () =>
      (await portal.itemsOf(bulk.id)).every(item => item.state === 'sent'),
    );
    expect(portal.engine.queued.size).toBe(27);
    await runQueued(portal, runner);
    expect(await portal.bulkOf(bulk.id)).toMatchObject({
      ...{ status: 'finished', succeeded: 27, failed: 0, refused: 0 },
    });
    const retries = await portal.knex('runs').whereNotNull('retry_of');
    expect(retries).toHaveLength(27);
    expect(new Set(retries.map(run => run.retry_of)).size).toBe(27);
    const each = (await portal.trail()).filter(e => e.action === 'job.retry');
    expect(each).toHaveLength(27);
  });

  it('[night.2] does not take its own retry, that a process queued as it died, for somebody else’s', async () => {
    const portal = await start(1);
    const filter = { job: ['bullmq/export'], tenant: ['acme'] };
    const found = await portal.preview({
      action: 'retry',
      selection: { filter },
    });
    const { bulk } = (await portal.create(found, { action: 'retry', filter }))
      .body;
    // the retry is recorded between two looks of another replica
    const late = Object.assign(Object.create(portal.steps), {
      async find(runId: string) {
        if (runId !== 'export-acme-0') return undefined;
        const item = await portal.knex('run_bulk_items').first();
        const retry = {
          runId: item.made_run_id,
          reason,
          by: { actor: OPERATOR, permission: 'operations.job.retry' },
        };
        await portal.steps.retry((await portal.steps.find(runId))!, retry);
        return portal.steps.find(runId);
      },
    });
    startRunner(portal, late);
    await until(async () => (await portal.bulkOf(bulk.id)).left === 0);
    await until(async () =>
      (await portal.itemsOf(bulk.id)).every(item => item.state !== 'sending'),
    );
    const [item] = await portal.itemsOf(bulk.id);
    expect([item.state, item.message]).toEqual(['sent', undefined]);
  });

  it('[night.2] ends a turn that fails for ten minutes, and says why', async () => {
    const portal = await start(1);
    const filter = { job: ['bullmq/export'], tenant: ['acme'] };
    const found = await portal.preview({
      action: 'retry',
      selection: { filter },
    });
    const { bulk } = (await portal.create(found, { action: 'retry', filter }))
      .body;
    let turns = 0;
    const broken = Object.assign(Object.create(portal.steps), {
      async retry() {
        turns += 1;
        throw new TypeError('cannot read this registration');
      },
    });
    let passed = 0;
    startRunner(portal, broken, () => Date.now() + passed);
    await until(async () => turns === 1);
    passed = 60_000;
    await until(async () => turns === 2);
    expect(await portal.bulkOf(bulk.id)).toMatchObject({ sent: 1, failed: 0 });
    passed = 11 * 60_000;
    await until(async () => (await portal.bulkOf(bulk.id)).failed === 1);
    const [item] = await portal.itemsOf(bulk.id);
    expect(item).toMatchObject({
      ...{ state: 'failed', message: 'cannot read this registration' },
    });
    const target = 'run:export-acme-0';
    expect(
      (await portal.trail()).find(entry => entry.target === target),
    ).toMatchObject({ outcome: 'failed', action: 'job.retry' });
  });

  it('[night.2] never exceeds its pace in any second, and stops within a second', async () => {
    const portal = await start(20);
    const queuedAt: Array<{ lane: string; at: number }> = [];
    const watched = Object.assign(Object.create(portal.steps), {
      async retry(...args: Parameters<typeof portal.steps.retry>) {
        const { job_id, tenant } = args[0].run;
        queuedAt.push({ lane: `${job_id} ${tenant}`, at: Date.now() });
        return portal.steps.retry(...args);
      },
    });
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const { bulk } = (
      await portal.create(found, { action: 'retry', perSecond: 4 })
    ).body;
    startRunner(portal, watched);
    await until(async () => queuedAt.length >= 60);
    const asked = Date.now();
    const stopped = await portal.call(`/run-bulks/${bulk.id}/stop`, { reason });
    expect([stopped.status, stopped.body.bulk.left]).toEqual([202, 0]);
    const answered = Date.now();
    expect(answered - asked).toBeLessThan(1_000);
    await until(
      async () =>
        (await portal.bulkOf(bulk.id)).sent +
          (
            await portal.bulkOf(bulk.id)
          ).stopped ===
        180,
    );
    expect(queuedAt.every(({ at: t }) => t <= answered + 1_000)).toBe(true);
    for (const lane of new Set(queuedAt.map(one => one.lane))) {
      const times = queuedAt.filter(q => q.lane === lane).map(q => q.at);
      for (const from of times) {
        const inASecond = times.filter(t => t >= from && t < from + 1_000);
        expect(inASecond.length).toBeLessThanOrEqual(4);
      }
    }
    const { stopped: left, sent } = await portal.bulkOf(bulk.id);
    expect(left).toBe(180 - sent);
    expect(
      (await portal.call(`/run-bulks/${bulk.id}/stop`, { reason })).status,
    ).toBe(409);
  });

  it('[night.2] goes on at once with the next action on a job and tenant, whichever replica stopped the one before', async () => {
    const portal = await start(60);
    const filter = { job: ['bullmq/export'], tenant: ['acme'] };
    const begin = async (perSecond: number) => {
      const selection = { filter };
      const found = await portal.preview({ action: 'retry', selection });
      const given = { action: 'retry', filter, perSecond };
      return (await portal.create(found, given)).body.bulk as RunBulk;
    };
    const slow = await begin(1);
    // the API of this portal wakes no runner: for the runner, another replica answers
    startRunner(portal);
    await until(async () => (await portal.bulkOf(slow.id)).sent > 0);
    await portal.call(`/run-bulks/${slow.id}/stop`, { reason });
    const { id: bulkId, total } = await begin(100);
    expect(total).toBeGreaterThan(50);
    await until(async () => (await portal.bulkOf(bulkId)).left === 0);
  });

  it('keeps an action that has not ended, and deletes an old one with its runs', async () => {
    const portal = await start();
    const found = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const { bulk } = (await portal.create(found, { action: 'retry' })).body;
    const store = new RunBulkStore(portal.knex);
    await store.prune(Date.now() + 1_000);
    expect(await portal.itemsOf(bulk.id)).toHaveLength(27);
    await portal.call(`/run-bulks/${bulk.id}/stop`, { reason });
    await store.prune(Date.now() + 1_000);
    expect((await portal.get(`/run-bulks/${bulk.id}`)).status).toBe(404);
    expect(await portal.knex('run_bulk_items').first()).toBeUndefined();
  });

  it('[night.3] cancels what is queued and what runs: the queued gone, the running acknowledged or honestly cancelling', async () => {
    const portal = await start();
    const { stores, engine } = portal;
    const running = ['export', 'import'].flatMap(job =>
      TENANTS.map(tenant => ({ id: `run-${job}-${tenant}`, job, tenant })),
    );
    const queued = Array.from({ length: 30 }, (_, i) => ({
      id: `queued-${i}`,
      ...{ job: JOBS[i % 3], tenant: TENANTS[i % 2] },
    }));
    await stores.recorder.record([
      ...running.map(run => aRecord({ ...run, state: 'running', at: at(1) })),
      ...queued.map(run => aRecord({ ...run, state: 'queued', at: at(1) })),
    ]);
    for (const { id: runId } of queued) {
      engine.queued.set(runId, { v: 1, runId } as never);
    }
    const found = await portal.preview({
      action: 'cancel',
      selection: { filter: {} },
    });
    expect(found).toMatchObject({
      count: 33,
      // once started, an import runs to its end
      forbidden: [{ jobId: 'bullmq/import', count: 3 }],
    });
    const { runner } = startRunner(portal);
    const { bulk } = (await portal.create(found, { action: 'cancel' })).body;
    runner.wake();
    await until(async () => (await portal.bulkOf(bulk.id)).succeeded === 30);
    await until(async () => (await portal.bulkOf(bulk.id)).sent === 3);
    expect(engine.queued.size).toBe(0);
    expect(portal.cancelled.map(({ runId }) => runId).sort()).toEqual(
      running
        .slice(0, 3)
        .map(run => run.id)
        .sort(),
    );
    const states = (await portal.itemsOf(bulk.id)).map(
      ({ state, status }) => `${state} ${status}`,
    );
    expect(states.filter(s => s === 'succeeded cancelled')).toHaveLength(30);
    expect(states.filter(s => s === 'sent cancelling')).toHaveLength(3);
    // one acknowledges, one was faster, one says nothing
    const ends = [
      aRecord({
        ...running[0],
        state: 'cancelled',
        at: new Date().toISOString(),
      }),
      aRecord({
        ...running[1],
        state: 'succeeded',
        at: new Date().toISOString(),
      }),
    ];
    await stores.recorder.record(ends);
    await runner.note(ends);
    expect(await portal.bulkOf(bulk.id)).toMatchObject({
      ...{ status: 'running', succeeded: 31, failed: 1, sent: 1 },
    });
  });

  it('[night.3] records as cancelled what it took off the queue itself, although nobody learnt of it in time', async () => {
    const portal = await start();
    const { stores, engine } = portal;
    const queued = ['lost-answer', 'ended', 'fine'].map(runId => ({
      ...{ id: runId, job: 'export', tenant: 'acme' },
      at: at(1),
    }));
    await stores.recorder.record(
      queued.map(run => aRecord({ ...run, state: 'queued' })),
    );
    for (const { id: runId } of queued) {
      engine.queued.set(runId, { v: 1, runId } as never);
    }
    // it is done, but Redis goes away before it says so
    const cutOff = new Set(['lost-answer', 'ended']);
    const removeQueued = engine.removeQueued.bind(engine);
    engine.removeQueued = async (job, run) => {
      const where = await removeQueued(job, run);
      if (cutOff.delete(run.runId)) {
        if (run.runId === 'ended') {
          // another process had it, and was faster
          await stores.recorder.record([
            aRecord({ ...queued[1], at: at(0), state: 'succeeded' }),
          ]);
        }
        throw new ServiceUnavailableError('Redis is away');
      }
      return where;
    };
    const found = await portal.preview({
      action: 'cancel',
      selection: { filter: {} },
    });
    const { bulk } = (await portal.create(found, { action: 'cancel' })).body;
    startRunner(portal);
    await until(
      async () => (await portal.bulkOf(bulk.id)).status === 'finished',
      { withinMs: 20_000 },
    );
    const items = await portal.itemsOf(bulk.id);
    expect(
      Object.fromEntries(items.map(i => [i.runId, `${i.state} ${i.status}`])),
    ).toEqual({
      fine: 'succeeded cancelled',
      'lost-answer': 'succeeded cancelled',
      ended: 'refused succeeded',
    });
    const trail = await portal.trail();
    expect(
      trail.find(entry => entry.target === 'run:lost-answer'),
    ).toMatchObject({ outcome: 'succeeded', after: { status: 'cancelled' } });
  });

  it('[night.5] lets a user of one tenant act on that tenant’s runs alone, and hides the actions of others', async () => {
    const portal = await start();
    const all = await portal.preview({
      action: 'retry',
      selection: { filter: {} },
    });
    const mine = await portal.preview(
      { action: 'retry', selection: { filter: {} } },
      ACME,
    );
    expect(mine).toMatchObject({
      ...{ count: 9, tenants: [{ tenant: 'acme', count: 9 }] },
      forbidden: [{ jobId: 'bullmq/ledger', count: 1 }],
      skipped: { permission: 0 },
    });
    expect(JSON.stringify(mine)).not.toMatch(/globex|initech/);
    expect(
      await portal.preview(
        { action: 'retry', selection: { ids: ['export-globex-0'] } },
        ACME,
      ),
    ).toMatchObject({ count: 0, skipped: { permission: 0 } });
    const ofOthers = (await portal.create(all, { action: 'retry' })).body.bulk;
    for (const path of [
      `/run-bulks/${ofOthers.id}`,
      `/run-bulks/${ofOthers.id}/items`,
    ]) {
      expect([path, (await portal.get(path, ACME)).status]).toEqual([
        path,
        404,
      ]);
    }
    const asked: string[] = [];
    const note = ({ sql }: { sql: string }) => asked.push(sql);
    portal.knex.on('query', note);
    expect((await portal.get('/run-bulks', ACME)).body.items).toEqual([]);
    portal.knex.off('query', note);
    // which jobs and tenants an action is about is known by now, and does not change
    expect(asked.filter(sql => sql.includes('run_bulk_items'))).toEqual([]);
    expect(
      (await portal.call(`/run-bulks/${ofOthers.id}/stop`, { reason }, ACME))
        .status,
    ).toBe(404);
  });
});
