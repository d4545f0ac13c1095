import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { createTestDatabases } from '../__testUtils__/databases';
import { Acknowledgements } from './Acknowledgements';
import { historyOf } from './AttentionHistory';
import { stateOf } from './attentionRow';
import { AttentionStore, FLAP_WINDOW_MS } from './AttentionStore';
import { NotificationClaims } from './NotificationClaims';

jest.setTimeout(60_000);

const T0 = Date.parse('2026-11-24T08:00:00Z');

const fact = (
  key: string,
  more: Partial<AttentionFact> = {},
): AttentionFact => ({
  key,
  kind: 'last-run-failed',
  severity: 'high',
  title: `${key} failed`,
  subject: { kind: 'job', ref: `bullmq/${key}`, title: key },
  owner: 'group:default/finance',
  since: new Date(T0),
  place: { kind: 'job', engine: 'bullmq', name: key },
  ...more,
});

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())(
  'AttentionStore on %s',
  databaseId => {
    async function createStore() {
      const knex = await databases.init(databaseId, 'attention');
      return {
        store: new AttentionStore(knex),
        acknowledgements: new Acknowledgements(knex),
        claims: new NotificationClaims(knex),
        knex,
      };
    }

    it('opens, keeps and closes items with the facts, and remembers it', async () => {
      const { store, knex } = await createStore();
      const first = await store.reconcile('jobs', [fact('a'), fact('b')], T0);
      expect(first.opened).toHaveLength(2);
      const second = await store.reconcile('jobs', [fact('b')], T0 + 1);
      expect(second).toMatchObject({ opened: [], reopened: [], updated: 0 });
      expect(second.closed).toHaveLength(1);
      const [closed] = second.closed;
      expect(stateOf((await store.get(closed))!, T0 + 1)).toBe('closed');
      expect((await historyOf(knex, closed)).map(e => e.event)).toEqual([
        'opened',
        'closed',
      ]);
    });

    it('finds nothing new in a fact too long to be kept whole, or not storable as it is', async () => {
      const { store } = await createStore();
      const long = fact('a', {
        title: '\u{1f525}'.repeat(400),
        detail: `a\0b${'x'.repeat(5000)}`,
      });
      await store.reconcile('jobs', [long], T0);
      expect(await store.reconcile('jobs', [long], T0 + 1)).toMatchObject({
        updated: 0,
        closed: [],
      });
    });

    it('changes what an item says with its fact, and only then', async () => {
      const { store } = await createStore();
      const { opened } = await store.reconcile('jobs', [fact('a')], T0);
      const worse = fact('a', { severity: 'critical', title: 'a is worse' });
      const done = await store.reconcile('jobs', [worse], T0 + 1);
      expect(done).toMatchObject({ updated: 1, opened: [], closed: [] });
      expect(await store.get(opened[0])).toMatchObject({
        severity: 'critical',
        title: 'a is worse',
        closedAt: undefined,
        count: 1,
      });
      expect(await store.counts(T0 + 1)).toEqual([
        { severity: 'critical', state: 'open', count: 1 },
      ]);
    });

    it('leaves the items of other sources alone', async () => {
      const { store } = await createStore();
      await store.reconcile('jobs', [fact('a')], T0);
      const other = await store.reconcile('webhooks', [], T0 + 1);
      expect(other.closed).toEqual([]);
    });

    it('[attention.3] makes one item of a flapping fact and counts it, and a new one after the flap window', async () => {
      const { store } = await createStore();
      const { opened } = await store.reconcile('jobs', [fact('a')], T0);
      await store.reconcile('jobs', [], T0 + 1);
      const again = await store.reconcile('jobs', [fact('a')], T0 + 2);
      expect(again.reopened).toEqual(opened);
      expect((await store.get(opened[0]))!.count).toBe(2);
      await store.reconcile('jobs', [], T0 + 3);
      const later = await store.reconcile(
        'jobs',
        [fact('a')],
        T0 + 4 + FLAP_WINDOW_MS,
      );
      expect(later.opened).toHaveLength(1);
      expect(later.opened).not.toEqual(opened);
    });

    it('lets younger facts win over older ones that arrive late', async () => {
      const { store } = await createStore();
      await store.reconcile('jobs', [], T0 + 10);
      const late = await store.reconcile('jobs', [fact('a')], T0);
      expect(late).toMatchObject({ opened: [], current: false });
    });

    it('[attention.3] opens one item and owes one notification when many replicas look at once', async () => {
      const { store, claims, knex } = await createStore();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.reconcile('jobs', [fact('a'), fact('b')], T0 + i),
        ),
      );
      expect(results.flatMap(r => r.opened)).toHaveLength(2);
      expect(await knex('attention_items').select()).toHaveLength(2);
      const taken = await Promise.all(
        Array.from({ length: 4 }, () => claims.claimNotifications(1, T0)),
      );
      expect(taken.flat()).toHaveLength(2);
    });

    it('[attention.4] keeps who acknowledged and why, and ends it by the clock', async () => {
      const { store, acknowledgements, knex } = await createStore();
      const { opened } = await store.reconcile('jobs', [fact('a')], T0);
      const ack = {
        kind: 'snoozed' as const,
        by: 'user:default/oskar.operator',
        reason: 'the provider works on it',
        at: T0,
        until: T0 + 1000,
      };
      expect(
        await acknowledgements.acknowledge(opened[0], ack, {
          actor: ack.by,
          reason: ack.reason,
          at: T0,
        }),
      ).toBe(true);
      const row = (await store.get(opened[0]))!;
      expect(stateOf(row, T0 + 999)).toBe('snoozed');
      expect(stateOf(row, T0 + 1000)).toBe('open');
      expect(await acknowledgements.wake(T0 + 1000)).toEqual(opened);
      expect((await historyOf(knex, opened[0])).map(e => e.event)).toEqual([
        'opened',
        'snoozed',
        'woken',
      ]);
    });

    it('[attention.3] notifies again when what was reported as solved is back, and not while it is snoozed', async () => {
      const { store, claims, acknowledgements } = await createStore();
      const { opened } = await store.reconcile('jobs', [fact('a')], T0);
      await claims.claimNotifications(1, T0);
      await store.reconcile('jobs', [], T0 + 1);
      await store.reconcile('jobs', [fact('a')], T0 + 2);
      // nobody was notified of the moment in between
      expect(await claims.claimNotifications(1, T0 + 2)).toEqual([]);
      await store.reconcile('jobs', [], T0 + 3);
      await claims.claimSolved(T0 + 3);
      await store.reconcile('jobs', [fact('a')], T0 + 4);
      const reason = 'the provider works on it';
      const by = 'user:default/oskar.operator';
      await acknowledgements.acknowledge(
        opened[0],
        { kind: 'snoozed', by, reason, at: T0 + 4, until: T0 + 100 },
        { actor: by, reason, at: T0 + 4 },
      );
      expect(await claims.claimNotifications(1, T0 + 99)).toEqual([]);
      expect(
        (await claims.claimNotifications(1, T0 + 100)).map(item => item.id),
      ).toEqual(opened);
    });

    it('notifies of the solution only where it notified of the problem', async () => {
      const { store, claims } = await createStore();
      await store.reconcile(
        'jobs',
        [fact('a'), fact('b', { severity: 'low' })],
        T0,
      );
      await claims.claimNotifications(1, T0);
      await store.reconcile('jobs', [], T0 + 1);
      const solved = await claims.claimSolved(T0 + 1);
      expect(solved.map(item => item.factKey)).toEqual(['a']);
      expect(await claims.claimSolved(T0 + 2)).toEqual([]);
    });
  },
);
