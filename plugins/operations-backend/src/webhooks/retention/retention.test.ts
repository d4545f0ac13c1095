import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { TenantScope } from '../../permissions/TenantScope';
import { aFailure } from '../__testUtils__/reports';
import { WebhookRecorder } from '../recorder/WebhookRecorder';
import { ReplayStore } from '../ReplayStore';
import { failureId } from '../rows';
import { SummaryStore } from '../SummaryStore';
import { TriageStore } from '../TriageStore';
import { applyWebhookRetention, readWebhookRetention } from './retention';
import { RetentionStore } from './RetentionStore';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const DAY = 86_400_000;
const NOW = Date.parse('2026-11-24T12:00:00.000Z');
const by = { actor: 'user:default/ada', reason: 'solved by telephone' };
const everything = TenantScope.everything;

describe.each(databases.eachSupportedId())(
  'retention of webhooks on %s',
  id => {
    let knex: Knex;
    const idsOf = (prefix: string, n: number) =>
      Array.from({ length: n }, (_, i) => `${prefix}_${i}`);
    const left = async () =>
      (await knex('webhook_failures')
        .orderBy('webhook_id')
        .pluck('webhook_id')) as string[];
    const handle = (webhookIds: string[], at: number) =>
      new TriageStore(knex).triage(
        {
          action: 'handle',
          selection: { ids: webhookIds.map(w => failureId(aFailure(w))) },
          scope: everything,
          includeDelivered: false,
          now: at,
        },
        by,
      );

    beforeEach(async () => {
      knex = await databases.init(id, 'webhooks');
      const old = NOW - 200 * DAY;
      await new WebhookRecorder(knex).record([
        ...idsOf('old', 700).map(w => aFailure(w, { failedAt: old })),
        aFailure('open', { failedAt: old }),
        aFailure('new', { failedAt: NOW - DAY }),
      ]);
      await handle(idsOf('old', 700), NOW - 100 * DAY);
      await handle(['new'], NOW - DAY / 2);
    });

    it('deletes what was dealt with long ago, with all that belongs to it, keeps what is open, and the counts agree', async () => {
      const store = new RetentionStore(knex);
      const deleted = await applyWebhookRetention(
        store,
        { settledDays: 90 },
        NOW,
      );
      expect(deleted).toBe(700);
      expect(await left()).toEqual(['new', 'open']);
      for (const table of ['payloads', 'attempts']) {
        expect(await knex(`webhook_${table}`)).toHaveLength(2);
      }
      expect(await knex('webhook_events')).toHaveLength(1);
      const facets = await new SummaryStore(knex).facets({
        filter: {},
        scope: everything,
        now: NOW,
      });
      expect(facets.state).toEqual([
        { value: 'failed', count: 1 },
        { value: 'handled', count: 1 },
      ]);
      expect(await knex('webhook_counts').where('count', '<=', 0)).toEqual([]);
      expect(await knex('webhook_hours')).toHaveLength(1);
    });

    it('deletes open ones only if it is configured to, and never one that is being replayed', async () => {
      const [open] = await knex('webhook_failures').where({
        webhook_id: 'open',
      });
      await new ReplayStore(knex).planOne(
        { ...open, failed_at: Number(open.failed_at) },
        { id: 'rpl-1', forced: false, now: NOW, ...by },
      );
      const rules = { settledDays: 90, openDays: 150 };
      await applyWebhookRetention(new RetentionStore(knex), rules, NOW);
      expect(await left()).toEqual(['new', 'open']);
      await knex('webhook_replays').update({ state: 'stopped', ended_at: NOW });
      await applyWebhookRetention(new RetentionStore(knex), rules, NOW);
      expect(await left()).toEqual(['new']);
      expect(await knex('webhook_replays')).toEqual([]);
    });

    it('is done by two replicas at once without harm, and stops when it is asked to', async () => {
      const rules = { settledDays: 90 };
      const store = new RetentionStore(knex);
      expect(
        await applyWebhookRetention(store, rules, NOW, AbortSignal.abort()),
      ).toBe(0);
      const both = await Promise.all(
        [1, 2].map(() =>
          applyWebhookRetention(new RetentionStore(knex), rules, NOW),
        ),
      );
      expect(both[0] + both[1]).toBe(700);
      const counts = await knex('webhook_counts').sum({ n: 'count' });
      expect(Number(counts[0].n)).toBe(2);
    });
  },
);

describe('the rules of retention of webhooks', () => {
  it('are read from config; what is open is kept unless they say otherwise', () => {
    const read = (retention: object) =>
      readWebhookRetention(
        new ConfigReader({ operations: { webhooks: { retention } } }),
      );
    expect(readWebhookRetention(new ConfigReader({}))).toEqual({
      settledDays: 90,
      openDays: undefined,
    });
    expect(read({ settledDays: 7, openDays: 30 })).toEqual({
      settledDays: 7,
      openDays: 30,
    });
    expect(() => read({ openDays: -1 })).toThrow('must be positive');
  });
});
