import { TestDatabases } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { WebhookFilter } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import { TenantScope } from '../permissions/TenantScope';
import { aFailure, T0 } from './__testUtils__/reports';
import { webhookFacts } from './attention';
import { FailureStore } from './FailureStore';
import { PreviewStore } from './PreviewStore';
import { WebhookRecorder } from './recorder/WebhookRecorder';
import { ReplayQueue } from './ReplayQueue';
import { ReplayStore } from './ReplayStore';
import { failureId } from './rows';
import type { Target } from './selection';
import { SummaryStore } from './SummaryStore';
import { SuppressionStore } from './SuppressionStore';
import { TriageStore } from './TriageStore';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });
const by = { actor: 'user:default/ada', reason: 'receiver is back' };
const everything = TenantScope.everything;
const idOf = (webhookId: string, more: object = {}) =>
  failureId({ ...aFailure(webhookId), ...more });

describe.each(databases.eachSupportedId())('webhook stores on %s', id => {
  let knex: Knex;
  let recorder: WebhookRecorder;

  beforeEach(async () => {
    knex = await databases.init(id);
    await knex.migrate.latest({
      directory: resolvePackagePath(
        '@craft-easy/backstage-plugin-operations-backend',
        'migrations',
      ),
    });
    recorder = new WebhookRecorder(knex);
  });

  const scoped = (filter: WebhookFilter = {}, scope = everything) => ({
    filter,
    scope,
    now: T0 + 3600_000,
  });
  const target = (more: Partial<Target> = {}): Target => ({
    action: 'replay',
    selection: { filter: {}, asOf: new Date(T0 + 1e9).toISOString() },
    scope: everything,
    includeDelivered: false,
    now: T0 + 10_000,
    ...more,
  });
  const states = async () =>
    Object.fromEntries(
      (await knex('webhook_failures').select('webhook_id', 'state')).map(r => [
        r.webhook_id,
        r.state,
      ]),
    );
  /** The counts say what the rows say. */
  const expectCountsToAgree = async () => {
    const columns = [
      'tenant',
      'endpoint',
      'event_type',
      'error_class',
      'error_code',
      'state',
    ];
    const rows: Array<Record<string, unknown>> = await knex('webhook_failures')
      .select(columns)
      .count({ count: '*' })
      .groupBy(columns);
    const counts: Array<Record<string, unknown>> = await knex('webhook_counts')
      .select(...columns, 'count')
      .where('count', '<>', 0);
    const flat = (list: Array<Record<string, unknown>>) =>
      list
        .map(row => [...columns.map(c => row[c]), Number(row.count)].join(' '))
        .sort();
    expect(flat(counts)).toEqual(flat(rows));
  };

  it('records a failure once, however often it is reported', async () => {
    const report = aFailure('msg_1');
    expect(await recorder.record([report, report])).toMatchObject({
      applied: 1,
      repeated: 1,
    });
    expect(await recorder.record([report])).toMatchObject({ applied: 0 });
    expect(await states()).toEqual({ msg_1: 'failed' });
    expect(await knex('webhook_attempts')).toHaveLength(1);
    const summary = new SummaryStore(knex);
    expect((await summary.hours(scoped())).reduce((a, b) => a + b)).toBe(1);
    await expectCountsToAgree();
  });

  it('[truth.12] names an endpoint from its first open failure on, and what is more as it rises', async () => {
    const store = new SummaryStore(knex);
    const facts = async () =>
      (await webhookFacts(store, T0)).map(fact => [
        fact.key,
        fact.severity,
        fact.title,
      ]);
    const fail = (from: number, to: number) =>
      recorder.record(
        Array.from({ length: to - from }, (_, i) => aFailure(`m${from + i}`)),
      );
    const key = 'endpoint/nordic-gym/main';
    await fail(0, 1);
    expect(await facts()).toEqual([
      [key, 'low', 'nordic-gym: 1 delivery to main failed'],
    ]);
    await fail(1, 5);
    expect(await facts()).toEqual([
      [key, 'normal', 'nordic-gym: 5 deliveries to main failed'],
    ]);
    await fail(5, 21);
    expect((await facts())[0]).toEqual([
      key,
      'high',
      'nordic-gym: 21 deliveries to main failed',
    ]);
    await new TriageStore(knex).triage(target({ action: 'handle' }), by);
    expect((await facts()).filter(([of]) => of === key)).toEqual([]);
  });

  it('[truth.12] offers to replay what failed within an hour as long as some of it is open', async () => {
    const offered = async () => {
      const facts = await webhookFacts(new SummaryStore(knex), T0);
      return facts
        .find(({ kind }) => kind === 'many-failures')
        ?.actions?.map(action => action.kind);
    };
    await recorder.record(
      Array.from({ length: 21 }, (_, i) => aFailure(`m${i}`)),
    );
    expect(await offered()).toEqual(['open', 'replay']);
    await new TriageStore(knex).triage(target({ action: 'handle' }), by);
    expect(await offered()).toEqual(['open']);
  });

  it('lists newest first, page by page, merged over states and tenants, within the scope', async () => {
    await recorder.record(
      Array.from({ length: 60 }, (_, i) =>
        aFailure(`msg_${i}`, {
          tenant: ['a', 'b', 'c'][i % 3],
          failedAt: T0 + Math.floor(i / 2),
          eventType: i % 5 ? 'payment.confirmed' : 'invoice.paid',
        }),
      ),
    );
    const store = new FailureStore(knex);
    const walk = async (filter: WebhookFilter, scope = everything) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.list(scoped(filter, scope), {
          limit: 7,
          cursor,
        });
        found.push(...page.rows.map(row => row.webhook_id));
        cursor = page.nextCursor;
      } while (cursor);
      return found;
    };
    const all = await walk({});
    expect(all).toHaveLength(60);
    expect(new Set(all).size).toBe(60);
    expect(all[0]).toMatch(/msg_5[89]/);
    expect(await walk({ tenant: ['a', 'b'] })).toHaveLength(40);
    expect(
      await walk({ tenant: ['a'], eventType: ['invoice.paid'] }),
    ).toHaveLength(4);
    expect(await walk({}, TenantScope.only(['c']))).toHaveLength(20);
    expect(await walk({}, TenantScope.only(['c']).not())).toHaveLength(40);
    expect(await walk({ search: 'msg_17' })).toEqual(['msg_17']);
    expect(await walk({ from: new Date(T0 + 29).toISOString() })).toHaveLength(
      2,
    );
    expect(await store.count(scoped({ tenant: ['a'] }))).toEqual({
      total: 20,
      exact: true,
    });
    expect(await store.count(scoped({ search: 'msg_1' }))).toEqual({
      total: 11,
      exact: true,
    });
  });

  it('finds a webhook id whole or by its beginning, alike whether it finds many or few', async () => {
    await recorder.record(
      ['msg_aa1', 'msg_aa2', 'msg_ab1', 'msg%aa', 'MSG_aa1'].map(w =>
        aFailure(w, { tenant: w === 'msg_aa2' ? 'b' : 'a' }),
      ),
    );
    const failures = new FailureStore(knex);
    const summaries = new SummaryStore(knex);
    for (const [search, found] of [
      ['msg_a', ['msg_aa1', 'msg_aa2', 'msg_ab1']],
      ['msg_aa', ['msg_aa1', 'msg_aa2']],
      ['msg_aa1', ['msg_aa1']],
      ['msg%', ['msg%aa']],
      ['aa1', []],
    ] as const) {
      for (const findsFew of [false, await failures.findsFew(search)]) {
        const wanted = { ...scoped({ search }), findsFew };
        const { rows } = await failures.list(wanted, { limit: 10 });
        expect([search, rows.map(r => r.webhook_id).sort()]).toEqual([
          search,
          found,
        ]);
        expect((await failures.count(wanted)).total).toBe(found.length);
        const { state } = await summaries.facets(wanted);
        expect(state.map(s => s.count)).toEqual(
          found.length ? [found.length] : [],
        );
      }
    }
    const ofB = {
      ...scoped({ search: 'msg_aa', tenant: ['b'] }),
      findsFew: true,
    };
    const { rows } = await failures.list(ofB, { limit: 10 });
    expect(rows.map(r => r.webhook_id)).toEqual(['msg_aa2']);
  });

  it('summarises by group and facet, each facet under the other filters', async () => {
    await recorder.record([
      aFailure('m1'),
      aFailure('m2'),
      aFailure('m3', { tenant: 'other', endpoint: 'x' }),
      aFailure('m4', {
        error: { class: 'timeout', code: 'TIMEOUT', message: 'slow' },
      }),
    ]);
    const store = new SummaryStore(knex);
    for (const time of [{}, { age: '24h' as const }]) {
      const filter = { tenant: ['nordic-gym'], ...time };
      const { groups, total } = await store.groups(scoped(filter));
      expect(total).toBe(2);
      expect(groups.map(g => [g.error_code, g.count])).toEqual([
        ['503', 2],
        ['TIMEOUT', 1],
      ]);
      const facets = await store.facets(scoped(filter));
      expect(facets.tenant).toEqual([
        { value: 'nordic-gym', count: 3 },
        { value: 'other', count: 1 },
      ]);
      expect(facets.errorClass).toEqual([
        { value: 'server-error', count: 2 },
        { value: 'timeout', count: 1 },
      ]);
      const hours = await store.groupHours(groups, T0);
      expect(hours.map(h => h[h.length - 1])).toEqual([2, 1]);
    }
  });

  it('[webhooks.4] re-opens what was handled when it fails anew, and keeps suppressed what was suppressed', async () => {
    await recorder.record([aFailure('handled'), aFailure('suppressed')]);
    const triage = new TriageStore(knex);
    const one = (action: 'handle' | 'suppress', webhookId: string) =>
      triage.triage(
        target({ action, selection: { ids: [idOf(webhookId)] } }),
        by,
        1,
      );
    await one('handle', 'handled');
    await one('suppress', 'suppressed');
    expect(await states()).toEqual({
      handled: 'handled',
      suppressed: 'suppressed',
    });
    const again = (webhookId: string) => {
      const report = aFailure(webhookId, { failedAt: T0 + 60_000 });
      return { ...report, attempts: [{ ...report.attempts[0], n: 2 }] };
    };
    await recorder.record([again('handled'), again('suppressed')]);
    expect(await states()).toEqual({
      handled: 'failed-again',
      suppressed: 'suppressed',
    });
    expect(await knex('webhook_attempts')).toHaveLength(4);
    expect(await knex('webhook_events')).toHaveLength(2);
    await expectCountsToAgree();
  });

  it('[webhooks.4] records what a pattern matches as suppressed until its time, and drops none', async () => {
    const store = new SuppressionStore(knex);
    await recorder.record([
      aFailure('before'),
      aFailure('other', { eventType: 'invoice.paid' }),
    ]);
    const taken = await store.create(
      {
        id: 'sup-1',
        tenant: 'nordic-gym',
        endpoint: 'main',
        eventType: 'payment.confirmed',
        reason: by.reason,
        createdBy: by.actor,
        createdAt: T0 + 1_000,
        until: T0 + 5_000,
      },
      { includeExisting: true, scope: everything },
    );
    expect(taken).toBe(1);
    await recorder.record([
      aFailure('during', { failedAt: T0 + 4_999 }),
      aFailure('after', { failedAt: T0 + 5_000 }),
      aFailure('elsewhere', { failedAt: T0 + 2_000, endpoint: 'second' }),
    ]);
    expect(await states()).toEqual({
      before: 'suppressed',
      other: 'failed',
      during: 'suppressed',
      after: 'failed',
      elsewhere: 'failed',
    });
    const row = await store.get('sup-1', everything);
    expect(row?.count).toBe(2);
    await expectCountsToAgree();
  });

  it('[webhooks.8] plans a bulk replay of exactly what was said, claims each once, and ends it with its outcomes', async () => {
    await recorder.record([
      ...['m1', 'm2', 'm3'].map(m => aFailure(m)),
      aFailure('m4', { tenant: 'other' }),
      aFailure('m5', { replayableUntil: T0 + 1 }),
    ]);
    const preview = await new PreviewStore(knex).preview(target());
    expect(preview).toEqual({
      count: 4,
      tenants: 2,
      endpoints: 2,
      largestEndpoint: 3,
      skipped: { delivered: 0, replaying: 0, expired: 1, same: 0 },
    });
    const replays = new ReplayStore(knex);
    const plan = (bulkId: string, expected: number) =>
      replays.planBulk(target(), {
        id: bulkId,
        perEndpointPerSecond: 10,
        expected,
        ...by,
      });
    await expect(plan('blk-0', 5)).rejects.toThrow('4 failures by now, not 5');
    expect(await knex('webhook_replays')).toHaveLength(0);
    const bulk = await plan('blk-1', 4);
    expect(bulk).toMatchObject({
      status: 'running',
      total: 4,
      tenants: 2,
      endpoints: 2,
    });
    // what waits already is not planned twice
    await expect(plan('blk-2', 4)).rejects.toThrow('0 failures by now');

    const queue = new ReplayQueue(knex);
    const [first] = (await queue.waitingEndpoints()).filter(
      e => e.tenant === 'nordic-gym',
    );
    const waiting = await queue.next(first, 10);
    expect(waiting.map(w => w.rate)).toEqual([10, 10, 10]);
    const ids = waiting.map(w => w.id);
    const claims = await Promise.all([
      queue.claim(ids, T0 + 20_000),
      queue.claim(ids, T0 + 20_000),
    ]);
    expect(claims.map(c => c.length).sort()).toEqual([0, 3]);
    // what the second one found claimed stays as it is
    expect(
      await knex('webhook_replays').whereIn('id', ids).pluck('state'),
    ).toEqual(['sending', 'sending', 'sending']);
    expect(await states()).toMatchObject({ m1: 'replaying', m4: 'failed' });
    await expectCountsToAgree();

    await recorder.record(
      ids.map((commandId, i) => ({
        kind: 'replay' as const,
        commandId,
        outcome: i === 0 ? ('failed' as const) : ('delivered' as const),
        at: T0 + 30_000,
        attempts: [
          {
            n: 2,
            at: new Date(T0 + 30_000).toISOString(),
            durationMs: 3,
            sent: true,
            ...(i === 0 && {
              error: {
                class: 'timeout' as const,
                code: 'TIMEOUT',
                message: 'slow',
              },
            }),
          },
        ],
      })),
    );
    expect(Object.values(await states()).sort()).toEqual([
      'delivered',
      'delivered',
      'failed',
      'failed',
      'failed-again',
    ]);
    expect(await replays.get('blk-1')).toMatchObject({
      status: 'running',
      claimed: 3,
      delivered: 2,
      failed: 1,
    });
    expect(await replays.stop('blk-1', T0 + 40_000)).toBe(true);
    expect(await replays.get('blk-1')).toMatchObject({
      status: 'stopped',
      stopped: 1,
      neverSent: 1,
    });
    expect(await states()).toMatchObject({ m4: 'failed' });
    await expectCountsToAgree();
  });

  it('sends nothing for a failure that somebody dealt with while it waited', async () => {
    await recorder.record([aFailure('m1')]);
    const replays = new ReplayStore(knex);
    await replays.planBulk(target(), {
      id: 'blk-1',
      perEndpointPerSecond: 10,
      ...by,
    });
    await new TriageStore(knex).triage(
      target({ action: 'handle', selection: { ids: [idOf('m1')] } }),
      by,
    );
    const queue = new ReplayQueue(knex);
    expect(await queue.claim([`blk-1-${idOf('m1')}`], T0)).toEqual([]);
    expect(await replays.get('blk-1')).toMatchObject({
      status: 'finished',
      stopped: 1,
    });
    expect(await states()).toEqual({ m1: 'handled' });
  });

  it('plans one replay of a failure at a time', async () => {
    await recorder.record([aFailure('m1')]);
    const replays = new ReplayStore(knex);
    const row = (await new FailureStore(knex).get(idOf('m1'), everything))!;
    const planned = await Promise.all(
      ['r1', 'r2'].map(replay =>
        replays.planOne(row, { id: replay, forced: false, now: T0, ...by }),
      ),
    );
    expect(planned.sort()).toEqual([false, true]);
  });
});
