import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord, ended } from '../../__testUtils__/records';
import { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import { HistoryStore } from '../runs/HistoryStore';
import { applyRetention, readRetention } from './retention';
import { RetentionStore } from './RetentionStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const at = (daysAgo: number) =>
  new Date(NOW - daysAgo * 86_400_000).toISOString();

describe.each(databases.eachSupportedId())('retention on %s', id => {
  let knex: Knex;
  beforeEach(async () => {
    knex = await databases.init(id, 'jobs');
    await new DatabaseRunRecorder(knex).record([
      ...Array.from({ length: 1200 }, (_, i) =>
        ended({
          id: `old-${i}`,
          startedAt: at(100),
          tenant: i % 2 ? 'acme' : undefined,
          state: i % 3 ? 'succeeded' : 'failed',
          parameters: { order: `order-${i}` },
          log: { lines: [{ n: 1, time: at(100), text: 'x' }], totalLines: 1 },
        }),
      ),
      ended({
        id: 'new',
        startedAt: at(1),
        state: 'failed',
        parameters: { order: 'fresh' },
      }),
      aRecord({ id: 'long-running', state: 'running', at: at(100) }),
      ended({ id: 'kept', job: 'precious', startedAt: at(100) }),
    ]);
  });

  it('deletes what is older than the rules say, with all that belongs to it, and keeps the rest', async () => {
    const deleted = await applyRetention(
      new RetentionStore(knex),
      { runDays: 30, trendDays: 400, jobs: { 'bullmq/precious': 365 } },
      NOW,
    );
    expect(deleted).toBe(1200);
    expect((await knex('runs').orderBy('id')).map(r => r.id)).toEqual([
      'kept',
      'long-running',
      'new',
    ]);
    expect(await knex('run_logs')).toEqual([]);
    expect((await knex('run_terms')).map(t => t.term)).toEqual(['fresh']);
    expect(
      (await knex('search_terms').where({ kind: 'parameter' })).map(
        t => t.term,
      ),
    ).toEqual(['fresh']);
    const history = new HistoryStore(knex);
    expect(await history.counts('bullmq/nightly', undefined)).toEqual({
      'failed:schedule': 1,
      'running:schedule': 1,
    });
    expect(await history.counts('bullmq/nightly', ['acme'])).toEqual({});
    const groups = await history.errorGroups('bullmq/nightly', undefined);
    expect(groups.map(g => [g.count, g.tenants])).toEqual([[1, []]]);
  });

  it('keeps the counts per day longer than the runs, and not for ever', async () => {
    const rules = { runDays: 30, trendDays: 400, jobs: {} };
    const days = () =>
      knex('job_days').where({ tenant: '', job_id: 'bullmq/nightly' });
    await applyRetention(new RetentionStore(knex), rules, NOW);
    expect(await days()).toHaveLength(2);
    await applyRetention(
      new RetentionStore(knex),
      { ...rules, trendDays: 50 },
      NOW,
    );
    expect(await days()).toHaveLength(1);
  });

  it('stops when it is asked to', async () => {
    const stopped = AbortSignal.abort();
    const rules = { runDays: 30, trendDays: 400, jobs: {} };
    expect(
      await applyRetention(new RetentionStore(knex), rules, NOW, stopped),
    ).toBe(0);
  });
});

describe('the rules of retention', () => {
  it('are read from config, with defaults', () => {
    const read = (retention: object) =>
      readRetention(new ConfigReader({ operations: { jobs: { retention } } }));
    expect(readRetention(new ConfigReader({}))).toEqual({
      runDays: 90,
      trendDays: 400,
      jobs: {},
    });
    expect(
      read({ runDays: 7, jobs: [{ job: 'bullmq/x', runDays: 1 }] }),
    ).toMatchObject({ runDays: 7, jobs: { 'bullmq/x': 1 } });
    expect(() => read({ runDays: 0 })).toThrow('must be positive');
  });
});
