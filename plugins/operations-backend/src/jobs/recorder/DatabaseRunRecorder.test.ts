import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord, ended } from '../../__testUtils__/records';
import { HistoryStore } from '../runs/HistoryStore';
import { RUNS } from '../runs/runRow';
import { trendOf } from '../trend';
import { dayOf } from '../../lib/time';
import { DatabaseRunRecorder } from './DatabaseRunRecorder';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const DAY = dayOf(Date.parse('2026-11-20T00:00:00Z'));

describe.each(databases.eachSupportedId())('the recorder on %s', id => {
  let knex: Knex;
  let recorder: DatabaseRunRecorder;
  beforeEach(async () => {
    knex = await databases.init(id, 'jobs');
    recorder = new DatabaseRunRecorder(knex);
  });

  const rowOf = async (runId: string) =>
    RUNS.read(await knex('runs').where({ id: runId }).first());
  const job = (jobId = 'bullmq/nightly') =>
    knex('jobs').where({ id: jobId }).first();
  const day = async (tenants?: string[], at = DAY) => {
    const rows = await new HistoryStore(knex).days(
      'bullmq/nightly',
      at,
      at,
      tenants,
    );
    return trendOf(rows, at, at)[0];
  };
  const counts = () =>
    new HistoryStore(knex).counts('bullmq/nightly', undefined);

  it('writes a run, its job, its day and its tenant in one go', async () => {
    const record = ended({
      id: 'a',
      startedAt: '2026-11-20T02:00:00.000Z',
      seconds: 18,
      tenant: 'acme',
      parameters: { month: '2026-10' },
      log: {
        lines: [{ n: 1, time: '2026-11-20T02:00:01.000Z', text: 'hello' }],
        totalLines: 1,
      },
    });
    const batch = await recorder.record([record]);

    expect(batch.applied).toEqual([record]);
    expect(batch.jobIds).toEqual(['bullmq/nightly']);
    expect(await rowOf('a')).toMatchObject({
      status: 'succeeded',
      duration_ms: 18_000,
      tenant: 'acme',
      day: DAY,
    });
    expect(await job()).toMatchObject({
      last_status: 'succeeded',
      last_run_id: 'a',
      tenant_count: 1,
    });
    expect(Boolean((await job()).declared)).toBe(false);
    expect(await day()).toMatchObject({ succeeded: 1, failed: 0 });
    expect(await day(['acme'])).toMatchObject({ succeeded: 1 });
    expect(await day(['other'])).toMatchObject({ succeeded: 0 });
    expect(await knex('run_logs').first()).toMatchObject({ total_lines: 1 });
    expect(await knex('run_terms').first()).toMatchObject({ term: '2026-10' });
  });

  it('[truth.5] counts a dry run nowhere: it is listed, and neither fails nor recovers the job', async () => {
    const at = (hour: number) => `2026-11-20T0${hour}:00:00.000Z`;
    await recorder.record([
      ended({ id: 'real', startedAt: at(2), state: 'failed', tenant: 'acme' }),
      ended({
        ...{ id: 'dry-failed', startedAt: at(3), state: 'failed' },
        ...{ dryRun: true, tenant: 'acme' },
      }),
      ended({
        ...{ id: 'dry', startedAt: at(4), seconds: 1, dryRun: true },
        ...{ retryOf: 'real', trigger: 'retry', tenant: 'acme' },
      }),
      aRecord({
        ...{ id: 'dry-running', state: 'running', dryRun: true },
        startedAt: at(5),
      }),
    ]);
    expect(await day()).toMatchObject({ succeeded: 0, failed: 1 });
    expect(await day(['acme'])).toMatchObject({ succeeded: 0, failed: 1 });
    expect(await job()).toMatchObject({
      last_run_id: 'real',
      last_status: 'failed',
      failure_streak: 1,
      active_count: 1,
      failing_tenant_count: 1,
    });
    expect(await rowOf('real')).toMatchObject({ recovered: false });
    expect(await knex('error_groups').where({ tenant: '' })).toMatchObject([
      { count: 1, last_run_id: 'real' },
    ]);
    // the list of runs, and its totals, hold them
    expect(await counts()).toEqual({
      'failed:schedule': 2,
      'succeeded:retry': 1,
      'running:schedule': 1,
    });
  });

  it('changes nothing when a batch comes again, whole or in part', async () => {
    const batch = [
      ended({ id: 'a', startedAt: '2026-11-20T02:00:00.000Z' }),
      ended({
        id: 'b',
        startedAt: '2026-11-20T03:00:00.000Z',
        state: 'failed',
      }),
    ];
    await recorder.record(batch);
    const before = [await day(), await counts(), await job()];
    const again = await recorder.record(batch);
    const twice = await recorder.record([batch[1], batch[1], batch[0]]);

    expect(again).toEqual({ applied: [], jobIds: [] });
    expect(twice.applied).toEqual([]);
    expect([await day(), await counts(), await job()]).toEqual(before);
    expect(await knex('error_groups').first()).toMatchObject({ count: 1 });
  });

  it('comes to the same whatever the order of the records', async () => {
    const at = (s: number) =>
      new Date(Date.UTC(2026, 10, 20, 2, 0, s)).toISOString();
    const records = [
      aRecord({
        id: 'a',
        state: 'queued',
        at: at(0),
        queuedAt: at(0),
        trigger: 'manual',
      }),
      aRecord({
        id: 'a',
        state: 'running',
        at: at(1),
        startedAt: at(1),
        queuedAt: at(0),
        trigger: 'manual',
      }),
      aRecord({
        ...{ id: 'a', state: 'failed', at: at(9), queuedAt: at(0) },
        ...{ startedAt: at(1), endedAt: at(9), trigger: 'manual' },
        error: { name: 'Error', message: 'order 17 is gone' },
      }),
    ];
    const outcomes = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      await knex('runs').delete();
      for (const table of ['jobs', 'job_state', 'job_days', 'error_groups']) {
        await knex(table).delete();
      }
      for (const i of order) await recorder.record([records[i]]);
      outcomes.push([
        await rowOf('a'),
        await day(),
        await counts(),
        await knex('error_groups'),
        await job(),
      ]);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
  });

  it('[guarantees.3] knows who cancelled a run, though its end is recorded first', async () => {
    const run = { id: 'a', startedAt: '2026-11-20T02:00:00.000Z' };
    const cancelling = aRecord({
      ...run,
      state: 'cancelling',
      at: '2026-11-20T02:00:05.000Z',
      cancelledBy: 'user:default/oskar',
    });
    await recorder.record([ended({ ...run, state: 'cancelled' })]);
    const late = await recorder.record([cancelling]);
    expect(late.applied).toEqual([]);
    expect(await rowOf('a')).toMatchObject({
      status: 'cancelled',
      cancelled_by: 'user:default/oskar',
    });
    expect(await day()).toMatchObject({ cancelled: 1 });
    expect(await counts()).toEqual({ 'cancelled:schedule': 1 });
  });

  it("lets the worker's own word correct `lost`, on the day too", async () => {
    const started = '2026-11-20T02:00:00.000Z';
    await recorder.record([
      ended({ id: 'a', startedAt: started, state: 'lost', tenant: 'acme' }),
    ]);
    expect(await day()).toMatchObject({ lost: 1, failed: 1 });
    expect(await job()).toMatchObject({ failing_tenant_count: 1 });
    await recorder.record([
      ended({
        id: 'a',
        startedAt: started,
        state: 'succeeded',
        tenant: 'acme',
      }),
    ]);

    expect(await day()).toMatchObject({ lost: 0, failed: 0, succeeded: 1 });
    expect(await day(['acme'])).toMatchObject({ lost: 0, succeeded: 1 });
    expect(await knex('error_groups')).toEqual([]);
    expect(await job()).toMatchObject({
      last_status: 'succeeded',
      failing_tenant_count: 0,
    });
    expect(await counts()).toEqual({ 'succeeded:schedule': 1 });
  });

  it('takes a failed attempt back when the next one begins', async () => {
    const started = '2026-11-20T02:00:00.000Z';
    await recorder.record([
      ended({ id: 'a', startedAt: started, state: 'failed' }),
    ]);
    await recorder.record([
      aRecord({
        id: 'a',
        attempt: 2,
        state: 'running',
        at: '2026-11-20T02:01:00.000Z',
      }),
    ]);
    expect(await day()).toMatchObject({ failed: 0 });
    expect(await job()).toMatchObject({
      last_status: 'running',
      active_count: 1,
    });
    await recorder.record([
      ended({ id: 'a', attempt: 2, startedAt: '2026-11-20T02:01:00.000Z' }),
    ]);
    expect(await day()).toMatchObject({ failed: 0, succeeded: 1 });
    expect(await job()).toMatchObject({ active_count: 0 });
  });

  it('counts a failure as recovered when its retry succeeds, through a chain of retries', async () => {
    const first = ended({
      id: 'a',
      startedAt: '2026-11-20T02:00:00.000Z',
      state: 'failed',
    });
    const second = ended({
      ...{ id: 'b', startedAt: '2026-11-21T02:00:00.000Z', state: 'failed' },
      ...{ trigger: 'retry', retryOf: 'a' },
    });
    const third = ended({
      ...{ id: 'c', startedAt: '2026-11-21T03:00:00.000Z' },
      ...{ trigger: 'retry', retryOf: 'b' },
    });
    await recorder.record([first]);
    await recorder.record([second]);
    expect(await rowOf('a')).toMatchObject({
      retried_by: 'b',
      recovered: false,
    });
    expect(await day()).toMatchObject({ failed: 1, recovered: 0 });
    await recorder.record([third]);

    expect(await rowOf('a')).toMatchObject({ recovered: true });
    expect(await rowOf('b')).toMatchObject({
      retried_by: 'c',
      recovered: true,
    });
    expect(await day()).toMatchObject({ failed: 1, recovered: 1 });
    expect(await day(undefined, DAY + 1)).toMatchObject({
      failed: 1,
      recovered: 1,
      succeeded: 1,
    });
  });

  it('recovers a failure whose record comes after that of its retry', async () => {
    await recorder.record([
      ended({
        ...{ id: 'b', startedAt: '2026-11-20T03:00:00.000Z' },
        ...{ trigger: 'retry', retryOf: 'a' },
      }),
    ]);
    await recorder.record([
      ended({
        id: 'a',
        startedAt: '2026-11-20T02:00:00.000Z',
        state: 'failed',
      }),
    ]);
    expect(await rowOf('a')).toMatchObject({
      retried_by: 'b',
      recovered: true,
    });
    expect(await day()).toMatchObject({
      failed: 1,
      recovered: 1,
      succeeded: 1,
    });
  });

  it('groups failures that differ in their varying parts only', async () => {
    const failure = (runId: string, message: string, tenant: string) =>
      ended({
        ...{
          id: runId,
          startedAt: '2026-11-20T02:00:00.000Z',
          state: 'failed',
          tenant,
        },
        error: { name: 'MailError', message },
      });
    await recorder.record([
      failure(
        'a',
        'mail to kim@acme.test failed: 502 (request 8f3a12bc9d)',
        'acme',
      ),
      failure(
        'b',
        'mail to lee@globex.test failed: 503 (request 77aa12bc01)',
        'globex',
      ),
      failure('c', 'no such table: invoices', 'acme'),
    ]);
    const groups = await new HistoryStore(knex).errorGroups(
      'bullmq/nightly',
      undefined,
    );
    expect(groups.map(g => [g.message, g.count, g.tenants])).toEqual(
      expect.arrayContaining([
        ['mail to <email> failed: <n> (request <id>)', 2, ['acme', 'globex']],
        ['no such table: invoices', 1, ['acme']],
      ]),
    );
    const mine = await new HistoryStore(knex).errorGroups('bullmq/nightly', [
      'globex',
    ]);
    expect(mine.map(g => [g.count, g.tenants, g.lastMessage])).toEqual([
      [
        1,
        ['globex'],
        'mail to lee@globex.test failed: 503 (request 77aa12bc01)',
      ],
    ]);
  });

  it('keeps a run with the tenant of its first report', async () => {
    await recorder.record([
      aRecord({ id: 'a', state: 'running', tenant: 'acme' }),
    ]);
    await recorder.record([
      aRecord({ id: 'a', state: 'succeeded', tenant: 'globex' }),
    ]);
    expect(await rowOf('a')).toMatchObject({
      tenant: 'acme',
      status: 'succeeded',
    });
  });

  it('leaves out a record that gives a run to another job', async () => {
    const of = (name: string) =>
      aRecord({ id: 'a', state: 'succeeded', job: name });
    await recorder.record([aRecord({ id: 'a', state: 'running' })]);
    expect((await recorder.record([of('other')])).applied).toEqual([]);
    expect(await rowOf('a')).toMatchObject({
      job_id: 'bullmq/nightly',
      status: 'running',
    });
    expect((await recorder.record([of('nightly')])).applied).toHaveLength(1);
  });

  it('leaves it out also where both come in one batch', async () => {
    const began = aRecord({ id: 'a', state: 'running' });
    const other = aRecord({ id: 'a', state: 'succeeded', job: 'other' });
    const { applied } = await recorder.record([began, other]);
    expect(applied).toEqual([began]);
    expect(await rowOf('a')).toMatchObject({
      job_id: 'bullmq/nightly',
      status: 'running',
    });
  });

  it('moves progress on while a run is running, and never back', async () => {
    const running = (progress: number) =>
      aRecord({ id: 'a', state: 'running', progress });
    await recorder.record([running(10)]);
    expect((await recorder.record([running(40)])).applied).toHaveLength(1);
    expect((await recorder.record([running(20)])).applied).toEqual([]);
    expect(await rowOf('a')).toMatchObject({ progress: 40 });
    expect(await job()).toMatchObject({ active_count: 1 });
  });

  it('stores what a worker says whatever characters are in it', async () => {
    await recorder.record([
      ended({
        ...{ id: 'a', startedAt: '2026-11-20T02:00:00.000Z', state: 'failed' },
        reason: 'nul \0 and half a pair \ud83d here',
        error: { name: 'Error', message: 'bad \0 byte \udc00' },
        result: { text: '\0\ud800' },
        log: {
          lines: [
            { n: 1, time: '2026-11-20T02:00:01.000Z', text: '\0 \ud800' },
          ],
          totalLines: 1,
        },
        parameters: { key: 'v\0\ud800' },
        triggeredBy: 'user:default/x\0',
      }),
    ]);
    expect((await rowOf('a')).error_message).toContain('bad \ufffd byte');
  });

  it('writes batches of many runs of many jobs and tenants', async () => {
    const records = Array.from({ length: 3000 }, (_, i) =>
      ended({
        id: `many-${i}`,
        job: `job-${i % 40}`,
        tenant: i % 3 ? `tenant-${i % 7}` : undefined,
        startedAt: new Date(Date.UTC(2026, 10, 20) + i * 1000).toISOString(),
        state: i % 10 === 0 ? 'failed' : 'succeeded',
      }),
    );
    await recorder.record(records.slice(0, 1500));
    await recorder.record(records.slice(1000));
    const [{ n }] = await knex('runs').count('* as n');
    expect(Number(n)).toBe(3000);
    const [{ s }] = await knex('job_days')
      .where({ tenant: '' })
      .select(knex.raw('sum(succeeded + failed) as s'));
    expect(Number(s)).toBe(3000);
  });

  it('takes batches from several recorders at once without losing one', async () => {
    const others = [recorder, new DatabaseRunRecorder(knex)];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        others[i % 2].record([
          ended({ id: `p-${i}`, startedAt: '2026-11-20T02:00:00.000Z' }),
          ended({ id: `p-${i + 1}`, startedAt: '2026-11-20T02:00:00.000Z' }),
        ]),
      ),
    );
    expect(await day()).toMatchObject({ succeeded: 21 });
    expect(await counts()).toEqual({ 'succeeded:schedule': 21 });
  });
});
