import type { QueueState } from '@craft-easy/backstage-plugin-operations-common';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRegistration, ended } from '../../__testUtils__/records';
import { JobAccess } from '../../permissions/JobAccess';
import { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import { DatabaseJobRegistry } from '../registry/DatabaseJobRegistry';
import { complianceOf } from './LevelsService';
import { addUp, LevelStore } from './LevelStore';
import { BUCKET_MS, bucketOf, BUCKETS, QueueSamples } from './QueueSamples';

jest.setTimeout(60_000);

const MINUTE = 60_000;
const T0 = bucketOf(Date.parse('2026-11-20T08:00:00Z')) * BUCKET_MS;
const EVERYTHING = new JobAccess(true);

const queue = (
  name: string,
  waiting: number,
  more: Partial<QueueState> = {},
): QueueState => ({
  engine: 'bullmq',
  queue: name,
  jobId: `bullmq/${name}`,
  waiting,
  active: 0,
  delayed: 1,
  workers: 1,
  ...more,
});

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('queues over a day on %s', id => {
  async function create() {
    const knex = await databases.init(id);
    const samples = new QueueSamples(knex);
    const registry = new DatabaseJobRegistry(knex);
    await registry.syncRegistrations(
      ['mail', 'rollup'].map(name => ({
        registration: aRegistration({ name, owner: `group:default/${name}` }),
        seenAt: T0,
      })),
      T0,
    );
    return { knex, samples, store: new LevelStore(knex) };
  }

  it('keeps one look a minute over all replicas, the worst of ten minutes, and no row of an idle queue', async () => {
    const { knex, samples, store } = await create();
    const turns = await Promise.all(
      [1, 2, 3].map(() =>
        samples.sample([queue('mail', 3), queue('rollup', 0)], T0),
      ),
    );
    expect(turns.filter(Boolean)).toHaveLength(1);
    await samples.sample(
      [queue('mail', 7, { oldestWaitMs: 5000.4 })],
      T0 + MINUTE,
    );
    await samples.sample([queue('mail', 2)], T0 + 2 * MINUTE);
    expect(
      (await knex('queue_samples').orderBy('job_id')).map(r => r.job_id),
    ).toEqual(['', 'bullmq/mail']);
    const { rows, looked } = await store.buckets(
      EVERYTHING,
      {},
      T0 + 3 * MINUTE,
    );
    expect(rows).toEqual([
      { bucket: bucketOf(T0), waiting: 7, oldestWaitMs: 5000, ended: 0 },
    ]);
    expect([...looked]).toEqual([bucketOf(T0)]);
  });

  it('forgets what is older than a day', async () => {
    const { knex, samples } = await create();
    await samples.sample([queue('mail', 3)], T0);
    await samples.sample([], T0 + BUCKETS * BUCKET_MS);
    expect((await knex('queue_samples')).map(r => r.job_id)).toEqual(['']);
  });

  it('counts runs that ended by when they did, each once however often it is reported', async () => {
    const { knex, samples, store } = await create();
    const recorder = new DatabaseRunRecorder(knex, (trx, applied) =>
      samples.countEnded(trx, applied, T0 + MINUTE),
    );
    const aRun = (name: string, minutesAgo: number) =>
      ended({
        id: `${name}-${minutesAgo}`,
        job: name,
        startedAt: new Date(T0 - minutesAgo * MINUTE).toISOString(),
      });
    const records = [
      aRun('mail', 5),
      aRun('mail', 25),
      aRun('mail', 26 * 60),
      aRun('rollup', 90),
    ];
    await recorder.record(records);
    await recorder.record(records);
    const through = await store.throughput(
      ['bullmq/mail', 'bullmq/rollup'],
      T0,
    );
    expect(through.get('bullmq/mail')).toEqual({ lastHour: 2, lastDay: 2 });
    expect(through.get('bullmq/rollup')).toEqual({ lastHour: 0, lastDay: 1 });
    const ofOwner = await store.buckets(
      EVERYTHING,
      { owner: ['group:default/rollup'] },
      T0,
    );
    expect(ofOwner.rows.map(r => r.ended)).toEqual([1]);
    const nothing = await store.buckets(new JobAccess(false), {}, T0);
    expect(nothing.rows).toEqual([]);
  });

  it('adds up days, and says how many runs succeeded within the target', async () => {
    const { knex, store } = await create();
    const recorder = new DatabaseRunRecorder(knex);
    const aRun = (n: number, more: object) =>
      ended({
        id: `run-${n}`,
        job: 'mail',
        startedAt: new Date(T0 - n * 24 * 60 * MINUTE).toISOString(),
        ...more,
      });
    await recorder.record([
      aRun(1, { seconds: 10 }),
      aRun(2, { seconds: 100 }),
      aRun(3, { state: 'failed' }),
      aRun(4, { state: 'cancelled' }),
      aRun(40, { state: 'failed' }),
    ]);
    const today = Math.floor(T0 / (24 * 60 * MINUTE));
    const days = await store.totals(['bullmq/mail'], today - 29);
    const totals = addUp(days.get('bullmq/mail')!);
    expect(complianceOf(totals, 30_000)).toEqual({ runs: 3, met: 1 });
    expect(complianceOf(totals, undefined)).toEqual({ runs: 3, met: 2 });
  });
});
