import { runDetailSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import { ConflictError } from '@backstage/errors';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { aRecord, aRegistration, ended } from '../__testUtils__/records';
import { startOperations } from '../__testUtils__/startOperations';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('actions on jobs on %s', id => {
  let operations: Awaited<ReturnType<typeof startOperations>>;
  const base = '/api/operations/v1';
  const now = Date.now();
  const reason = 'asked for by the customer';

  beforeAll(async () => {
    const knex = await databases.init(id, 'jobs', 'audit');
    operations = await startOperations({ knex });
    const { registry } = operations.stores;
    await registry.syncRegistrations(
      [
        aRegistration({
          name: 'report',
          parametersSchema: {
            type: 'object',
            properties: {
              month: { type: 'string', minLength: 7 },
              apiToken: { type: 'string' },
            },
            required: ['month'],
            additionalProperties: false,
          },
          cancellable: true,
        }),
        aRegistration({
          name: 'mrr-rollup',
          manualRun: false,
          manualRunReason: 'Firing it twice books revenue twice',
        }),
        aRegistration({ name: 'stubborn' }),
        aRegistration({
          name: 'per-tenant',
          tenantScoped: true,
          tenants: ['acme', 'globex'],
          supportsDryRun: true,
        }),
        aRegistration({
          name: 'odd-schema',
          parametersSchema: {
            type: 'nonsense',
            $ref: 'https://elsewhere.test/schema.json',
          },
        }),
        {
          // As it was known before such a registration was refused.
          ...aRegistration({ name: 'slow-pattern' }),
          parametersSchema: {
            type: 'object',
            properties: { x: { type: 'string', pattern: '^(a+)+$' } },
          },
        },
      ].map(registration => ({ registration, seenAt: now })),
      now,
    );
    await registry.syncRegistrations(
      await knex('job_state')
        .whereNotNull('registration')
        .select('registration')
        .then(rows =>
          rows.map(r => ({
            registration: JSON.parse(r.registration),
            seenAt: now,
          })),
        ),
      now,
    );
  });
  afterAll(() => operations.stop());
  beforeEach(() => {
    operations.engine.away = false;
    operations.health.available = true;
    operations.cancelled.length = 0;
  });

  const post = (path: string, body: object, key?: string) => {
    const call = request(operations.server).post(`${base}${path}`);
    if (key) call.set('Idempotency-Key', key);
    return call.send(body);
  };
  const record = (...records: Parameters<typeof ended>[0][]) =>
    operations.stores.recorder.record(
      records.map(r => ended({ job: 'report', ...r })),
    );
  const trail = async (query: string): Promise<AuditEntry[]> =>
    (await request(operations.server).get(`${base}/audit?${query}`)).body.items;
  const startedAt = new Date(now - 60_000).toISOString();

  it('runs a job now: queued with the engine, in the history, in the trail', async () => {
    const response = await post('/jobs/bullmq/report/runs', {
      reason,
      parameters: { month: '2026-10', apiToken: 'abc' },
    });
    expect(response.status).toBe(202);
    const { auditId } = response.body;
    const run = runDetailSchema.parse(response.body.run);
    expect(run).toMatchObject({
      status: 'queued',
      trigger: 'manual',
      triggeredBy: 'user:default/mock',
      reason,
      parameters: { month: '2026-10', apiToken: 'abc' },
    });
    expect(operations.engine.queued.get(run.id)).toMatchObject({
      parameters: { month: '2026-10' },
      trigger: 'manual',
    });
    const [entry] = await trail('action=job.run');
    expect(entry).toMatchObject({
      id: auditId,
      actor: 'user:default/mock',
      target: 'job:bullmq/report',
      outcome: 'succeeded',
      reason,
      parameters: { parameters: { month: '2026-10', apiToken: '[redacted]' } },
      after: { runId: run.id },
    });
    expect(entry.requestId).toBe(response.headers['x-request-id']);
  });

  it.each([
    ['no reason', 'report', { parameters: { month: '2026-10' } }, 400],
    [
      'a blank reason',
      'report',
      { reason: '         ', parameters: { month: '2026-10' } },
      400,
    ],
    [
      'an unknown field',
      'report',
      { reason, parameters: { month: '2026-10' }, nope: 1 },
      400,
    ],
    ['a missing parameter', 'report', { reason }, 400],
    ['a wrong parameter', 'report', { reason, parameters: { month: 7 } }, 400],
    [
      'a parameter too many',
      'report',
      { reason, parameters: { month: '2026-10', x: 1 } },
      400,
    ],
    [
      'parameters where there are none',
      'stubborn',
      { reason, parameters: { x: 1 } },
      400,
    ],
    [
      'a tenant where there is none',
      'report',
      { reason, tenant: 'acme', parameters: { month: '2026-10' } },
      400,
    ],
    ['no tenant where one is needed', 'per-tenant', { reason }, 400],
    [
      'a tenant it does not run for',
      'per-tenant',
      { reason, tenant: 'initech' },
      400,
    ],
    [
      'a dry run where there is none',
      'report',
      { reason, dryRun: true, parameters: { month: '2026-10' } },
      400,
    ],
    [
      'a time range where there is none',
      'report',
      {
        reason,
        timeRange: { from: startedAt, to: new Date(now).toISOString() },
        parameters: { month: '2026-10' },
      },
      400,
    ],
    ['a contract that forbids it', 'mrr-rollup', { reason }, 409],
    ['a job that is not there', 'nope', { reason }, 404],
  ])('refuses %s and queues nothing', async (_, job, body, status) => {
    const before = operations.engine.queued.size;
    const response = await post(`/jobs/bullmq/${job}/runs`, body);
    expect(response.status).toBe(status);
    expect(response.body.error.message).toEqual(expect.any(String));
    expect(operations.engine.queued.size).toBe(before);
  });

  it('[jobs.3] tells the trail of the refusal of a job that must not be run by hand', async () => {
    await record({
      id: 'mrr-1',
      job: 'mrr-rollup',
      startedAt,
      state: 'failed',
    });
    const run = await post('/jobs/bullmq/mrr-rollup/runs', { reason });
    const retry = await post('/runs/mrr-1/retry', { reason });
    for (const response of [run, retry]) {
      expect(response.status).toBe(409);
      expect(response.body.error).toMatchObject({
        name: 'ConflictError',
        message: 'Firing it twice books revenue twice',
      });
    }
    const entries = await trail('job=bullmq/mrr-rollup');
    expect(entries.map(e => [e.action, e.outcome, e.reason])).toEqual(
      expect.arrayContaining([
        ['job.run', 'refused', reason],
        ['job.retry', 'refused', reason],
      ]),
    );
    expect(entries[0].error).toContain('books revenue twice');
  });

  it("[jobs.3] tells the trail of a worker's refusal once, however often it is reported", async () => {
    const refusal = aRecord({
      ...{ id: 'smuggled', job: 'mrr-rollup', state: 'refused' },
      ...{ trigger: 'api', workerId: 'w1' },
      refusal: { rule: 'manual-run', message: 'not safe to run by hand' },
    });
    await operations.stores.recorder.record([refusal, refusal]);
    await operations.stores.recorder.record([refusal]);
    const entries = await trail('actor=worker:w1');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      action: 'job.run',
      outcome: 'refused',
      error: 'not safe to run by hand',
      target: 'job:bullmq/mrr-rollup',
    });
  });

  it('makes one run of a double click, and of a repetition later', async () => {
    const body = { reason, parameters: { month: '2026-09' } };
    const both = await Promise.all([
      post('/jobs/bullmq/report/runs', body, 'click-1'),
      post('/jobs/bullmq/report/runs', body, 'click-1'),
    ]);
    const later = await post('/jobs/bullmq/report/runs', body, 'click-1');
    expect([...both, later].map(r => r.status)).toEqual([202, 202, 202]);
    const [a, b, c] = [...both, later].map(r => r.body);
    expect(b.run.id).toBe(a.run.id);
    expect(c.run.id).toBe(a.run.id);
    expect([b.auditId, c.auditId]).toEqual([a.auditId, a.auditId]);
    const entries = await trail('action=job.run&outcome=succeeded&limit=200');
    expect(
      entries.filter(e => (e.after as { runId: string }).runId === a.run.id),
    ).toHaveLength(1);
  });

  it('refuses one key for two different requests', async () => {
    await post(
      '/jobs/bullmq/report/runs',
      { reason, parameters: { month: '2026-08' } },
      'key-2',
    );
    const other = await post(
      '/jobs/bullmq/report/runs',
      { reason, parameters: { month: '2026-07' } },
      'key-2',
    );
    expect(other.status).toBe(409);
    expect(other.body.error.message).toContain('Idempotency-Key');
    const bad = await post('/jobs/bullmq/report/runs', { reason }, 'sp ace');
    expect(bad.status).toBe(400);
  });

  it('names the same run when a request is repeated after the first one died half-way', async () => {
    const body = { reason, parameters: { month: '2026-06' } };
    const { recorder } = operations.stores;
    const broken = jest
      .spyOn(recorder, 'record')
      .mockRejectedValueOnce(new ConflictError('the process died here'));
    await post('/jobs/bullmq/report/runs', body, 'crash-1');
    broken.mockRestore();
    const before = operations.engine.queued.size;
    const again = await post('/jobs/bullmq/report/runs', body, 'crash-1');
    expect(again.status).toBe(202);
    expect(operations.engine.queued.size).toBe(before);
    expect(operations.engine.queued.has(again.body.run.id)).toBe(true);
  });

  it('answers 503 when the engine is away, says so in the trail, and queues nothing', async () => {
    operations.engine.away = true;
    operations.health.available = false;
    const body = { reason, parameters: { month: '2026-05' } };
    const response = await post('/jobs/bullmq/report/runs', body, 'away-1');
    expect(response.status).toBe(503);
    const [entry] = await trail('action=job.run');
    expect(entry).toMatchObject({ outcome: 'failed', error: 'Redis is away' });
    operations.engine.away = false;
    expect(
      (await post('/jobs/bullmq/report/runs', body, 'away-1')).status,
    ).toBe(202);
  });

  it('does nothing when the intent cannot be written down', async () => {
    const append = jest
      .spyOn(operations.audit.store, 'append')
      .mockRejectedValueOnce(new Error('disk full'));
    const before = operations.engine.queued.size;
    const response = await post('/jobs/bullmq/report/runs', {
      reason,
      parameters: { month: '2026-04' },
    });
    append.mockRestore();
    expect(response.status).toBe(503);
    expect(operations.engine.queued.size).toBe(before);
  });

  it('retries with the same parameters, or with others, and links the two runs', async () => {
    await record({
      id: 'bad',
      startedAt,
      state: 'failed',
      parameters: { month: '2026-03' },
    });
    const same = await post('/runs/bad/retry', { reason });
    expect(same.status).toBe(202);
    expect(same.body.run).toMatchObject({
      trigger: 'retry',
      retryOf: 'bad',
      parameters: { month: '2026-03' },
      retriedParameters: { month: '2026-03' },
    });
    const other = await post('/runs/bad/retry', {
      reason,
      parameters: { month: '2026-02' },
    });
    expect(other.body.run.parameters).toEqual({ month: '2026-02' });
    expect(
      (await request(operations.server).get(`${base}/runs/bad`)).body,
    ).toMatchObject({
      retriedBy: other.body.run.id,
    });
    const wrong = await post('/runs/bad/retry', { reason, parameters: {} });
    expect(wrong.status).toBe(400);
  });

  it('[truth.2] neither takes nor repeats a number whose last digits are lost', async () => {
    await record({
      id: 'large',
      startedAt,
      state: 'failed',
      parameters: { month: 2 ** 53 + 2 },
    });
    const before = operations.engine.queued.size;
    const retry = await post('/runs/large/retry', { reason });
    expect([retry.status, retry.body.error.message]).toEqual([
      409,
      'The last digits of the number in its parameter month are not known here: give the parameters anew, or retry it where it came from',
    ]);
    const given = await post('/jobs/bullmq/report/runs', {
      reason,
      parameters: { month: -(2 ** 53) - 2 },
    });
    expect([given.status, given.body.error.message]).toEqual([
      400,
      'body.parameters.month: whole numbers beyond 9007199254740991 lose their last digits on the way; send a text',
    ]);
    expect(operations.engine.queued.size).toBe(before);
  });

  it('[truth.2] leaves out of a retry what the job has no more', async () => {
    await record({
      id: 'older',
      startedAt,
      state: 'failed',
      parameters: { month: '2026-03', region: 'eu' },
    });
    const retry = await post('/runs/older/retry', { reason });
    expect([retry.status, retry.body.run?.parameters]).toEqual([
      202,
      { month: '2026-03' },
    ]);
  });

  it('[truth.7] tells of a failed run how its retries went, of its error that it recovered, and of its job what to do about the last run', async () => {
    const get = async (path: string) =>
      (await request(operations.server).get(`${base}${path}`)).body;
    const parameters = { month: '2026-03' };
    const error = { name: 'E', message: 'recovers later', stack: '' };
    // newer than what the tests before have left
    const newest = new Date().toISOString();
    await record({
      id: 'first',
      startedAt: newest,
      state: 'failed',
      parameters,
      error,
    });
    const failing = await get('/jobs?search=report');
    expect(failing.items[0].lastRunActions.retry).toEqual({ allowed: true });

    const { run } = (await post('/runs/first/retry', { reason })).body;
    expect((await get('/runs/first')).retriedAs).toEqual({
      id: run.id,
      status: 'queued',
    });
    expect((await get('/jobs?search=report')).items[0]).toMatchObject({
      lastRun: { id: run.id },
      lastRunActions: {
        cancel: { allowed: true },
        retry: { allowed: false, rule: 'state' },
      },
    });
    const endedAt = new Date(Date.now() + 60_000).toISOString();
    await record({
      id: run.id,
      startedAt: newest,
      endedAt,
      retryOf: 'first',
    });
    expect(await get('/runs/first')).toMatchObject({
      recovered: true,
      retriedAs: { id: run.id, status: 'succeeded', endedAt },
    });
    const { items } = await get('/jobs/bullmq/report/error-groups');
    const group = items.find((g: any) => g.message === 'recovers later');
    expect(group).toMatchObject({ lastRunId: 'first', recovered: true });
  });

  it('retries only what has ended and not succeeded', async () => {
    await record({ id: 'good', startedAt });
    await operations.stores.recorder.record([
      aRecord({ id: 'going', job: 'report', state: 'running' }),
    ]);
    expect((await post('/runs/good/retry', { reason })).status).toBe(409);
    expect((await post('/runs/going/retry', { reason })).status).toBe(409);
    expect((await post('/runs/nope/retry', { reason })).status).toBe(404);
  });

  it('cancels a queued run by taking it off the queue', async () => {
    const { run } = (
      await post('/jobs/bullmq/report/runs', {
        reason,
        parameters: { month: '2026-01' },
      })
    ).body;
    const response = await post(`/runs/${run.id}/cancel`, { reason });
    expect(response.status).toBe(202);
    expect(response.body.run).toMatchObject({
      status: 'cancelled',
      cancelledBy: 'user:default/mock',
    });
    expect(operations.engine.queued.has(run.id)).toBe(false);
    expect(operations.cancelled).toEqual([]);
  });

  it('asks the worker of a running run, and says `cancelling` until it has answered', async () => {
    await operations.stores.recorder.record([
      aRecord({ id: 'long', job: 'report', state: 'running', workerId: 'w1' }),
    ]);
    const response = await post('/runs/long/cancel', { reason });
    expect(response.status).toBe(202);
    expect(response.body.run.status).toBe('cancelling');
    expect(operations.cancelled).toEqual([
      {
        runId: 'long',
        job: 'bullmq/report',
        reason,
        by: { actor: 'user:default/mock', permission: 'operations.job.cancel' },
      },
    ]);
    expect((await post('/runs/long/cancel', { reason })).status).toBe(409);
    await operations.stores.recorder.record([
      aRecord({ id: 'long', job: 'report', state: 'cancelled' }),
    ]);
    const run = await request(operations.server).get(`${base}/runs/long`);
    expect(run.body).toMatchObject({
      status: 'cancelled',
      cancelledBy: 'user:default/mock',
    });
    expect((await post('/runs/long/cancel', { reason })).status).toBe(409);
  });

  it('[jobs.4] refuses to cancel a running run whose handler has no hook', async () => {
    await operations.stores.recorder.record([
      aRecord({ id: 'hard', job: 'stubborn', state: 'running' }),
    ]);
    const response = await post('/runs/hard/cancel', { reason });
    expect(response.status).toBe(409);
    expect(response.body.error.message).toContain('no cancel hook');
    expect(operations.cancelled).toEqual([]);
    const [entry] = await trail('target=run:hard');
    expect(entry).toMatchObject({ action: 'job.cancel', outcome: 'refused' });
  });

  it('refuses to cancel a queued run that a worker has just taken, if it has no hook', async () => {
    const { run } = (await post('/jobs/bullmq/stubborn/runs', { reason })).body;
    operations.engine.started.add(run.id);
    const response = await post(`/runs/${run.id}/cancel`, { reason });
    expect(response.status).toBe(409);
    const [entry] = await trail(`target=run:${run.id}`);
    expect(entry.outcome).toBe('refused');
  });

  it('leaves a schema that it cannot evaluate, or must not, to the worker', async () => {
    for (const job of ['odd-schema', 'slow-pattern']) {
      const response = await post(`/jobs/bullmq/${job}/runs`, {
        reason,
        parameters: { x: `${'a'.repeat(40)}!` },
      });
      expect(response.status).toBe(202);
    }
  });

  it('[guarantees.3] finds out of a queue that was to go on whether it does, and nothing while its engine is away', async () => {
    const jobId = 'bullmq/report';
    const { engine } = operations;
    const { action } = operations.routes.find(r =>
      r.path.endsWith('/queue/resume'),
    )!;
    const find = (more: object = {}) =>
      action?.facts instanceof Function &&
      action.facts({
        ...{ entryId: '1', actor: 'user:default/ada', at: now },
        ...{ target: `job:${jobId}`, jobId, ...more },
      });
    expect(await find()).toEqual({ succeeded: { paused: false } });
    engine.paused.add(jobId);
    expect(await find()).toEqual({ failed: 'The queue is paused.' });
    engine.paused.clear();
    expect(await find({ jobId: 'bullmq/gone' })).toBeUndefined();
    jest.spyOn(engine, 'getQueues').mockResolvedValueOnce([]);
    expect(await find()).toBeUndefined();
    engine.away = true;
    await expect(find()).rejects.toThrow('Redis is away');
  });

  it('forbids by contract whatever is only watched from outside', async () => {
    await record({ id: 'seen', job: 'watched', startedAt, state: 'failed' });
    for (const path of [
      '/jobs/bullmq/watched/runs',
      '/runs/seen/retry',
      '/runs/seen/cancel',
    ]) {
      expect((await post(path, { reason })).status).toBe(409);
    }
  });

  it('leaves a whole trail behind', async () => {
    const response = await request(operations.server).get(
      `${base}/audit/verification`,
    );
    expect(response.body).toMatchObject({ whole: true });
    expect(response.body.rows).toBeGreaterThan(20);
  });
});
