import { TestDatabases } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import { AttentionStore, FLAP_WINDOW_MS, stateOf } from './AttentionStore';

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
  href: `/operations/jobs/bullmq/${key}`,
  ...more,
});

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

describe.each(databases.eachSupportedId())(
  'AttentionStore on %s',
  databaseId => {
    async function createStore() {
      const knex = await databases.init(databaseId);
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@craft-easy/backstage-plugin-operations-backend',
          'migrations',
        ),
      });
      return { store: new AttentionStore(knex), knex };
    }

    it('opens, keeps and closes items with the facts, and remembers it', async () => {
      const { store } = await createStore();
      const first = await store.reconcile('jobs', [fact('a'), fact('b')], T0);
      expect(first.opened).toHaveLength(2);
      const second = await store.reconcile('jobs', [fact('b')], T0 + 1);
      expect(second).toMatchObject({ opened: [], reopened: [], updated: 0 });
      expect(second.closed).toHaveLength(1);
      const [closed] = second.closed;
      expect(stateOf((await store.get(closed))!, T0 + 1)).toBe('closed');
      expect((await store.history(closed)).map(e => e.event)).toEqual([
        'opened',
        'closed',
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
      const { store, knex } = await createStore();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.reconcile('jobs', [fact('a'), fact('b')], T0 + i),
        ),
      );
      expect(results.flatMap(r => r.opened)).toHaveLength(2);
      expect(await knex('attention_items').select()).toHaveLength(2);
      const claims = await Promise.all(
        Array.from({ length: 4 }, () => store.claimNotifications(1, T0)),
      );
      expect(claims.flat()).toHaveLength(2);
    });

    it('[attention.4] keeps who acknowledged and why, and ends it by the clock', async () => {
      const { store } = await createStore();
      const { opened } = await store.reconcile('jobs', [fact('a')], T0);
      const ack = {
        kind: 'snoozed' as const,
        by: 'user:default/oskar.operator',
        reason: 'the provider works on it',
        at: T0,
        until: T0 + 1000,
      };
      expect(
        await store.acknowledge(opened[0], ack, {
          actor: ack.by,
          reason: ack.reason,
          at: T0,
        }),
      ).toBe(true);
      const row = (await store.get(opened[0]))!;
      expect(stateOf(row, T0 + 999)).toBe('snoozed');
      expect(stateOf(row, T0 + 1000)).toBe('open');
      expect(await store.wake(T0 + 1000)).toEqual(opened);
      expect((await store.history(opened[0])).map(e => e.event)).toEqual([
        'opened',
        'snoozed',
        'woken',
      ]);
    });

    it('tells of the solution only where it told of the problem', async () => {
      const { store } = await createStore();
      await store.reconcile(
        'jobs',
        [fact('a'), fact('b', { severity: 'low' })],
        T0,
      );
      await store.claimNotifications(1, T0);
      await store.reconcile('jobs', [], T0 + 1);
      const solved = await store.claimSolved(T0 + 1);
      expect(solved.map(item => item.fact_key)).toEqual(['a']);
      expect(await store.claimSolved(T0 + 2)).toEqual([]);
    });
  },
);
