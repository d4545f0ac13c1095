import { usageField } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { startControls } from './__testUtils__/startControls';

jest.setTimeout(30_000);

const databases = createTestDatabases();
const MINUTE = 60_000;
const reason = 'looked at in a test';

describe.each(databases.eachSupportedId())(
  'what asks for attention on %s',
  id => {
    let operations: Awaited<ReturnType<typeof startControls>>;

    beforeAll(async () => {
      const knex = await databases.init(
        id,
        ...['controls', 'rate_limits', 'flags', 'maintenance'],
        'audit',
      );
      operations = await startControls({ knex });
    });
    afterAll(() => operations?.stop());

    const later = (ms: number) => new Date(Date.now() + ms).toISOString();
    const post = async (path: string, body: object) =>
      (
        await request(operations.http)
          .post(`/api/operations/v1${path}`)
          .send({ reason, ...body })
          .expect(r => {
            if (r.status >= 300) throw new Error(r.text);
          })
      ).body;

    /** What a source says at a moment, by key and title. */
    async function facts(source: string, inMs = 0) {
      const { getFacts } = operations.attention.find(s => s.id === source)!;
      const all = await getFacts({
        now: new Date(Date.now() + inMs),
        signal: new AbortController().signal,
      });
      return all.map(fact => ({ kind: fact.kind, title: fact.title }));
    }

    it('an override that ends soon while its subject asks for more than the normal limit', async () => {
      const { redis } = operations;
      const now = Date.now();
      const minutes = [1, 2, 3, 4, 5].map(n => Math.floor(now / MINUTE) - n);
      await redis.execute(client => {
        const all = client.multi().hset(
          redis.keys.limiters,
          'api',
          JSON.stringify({
            ...{ v: 1, name: 'api', seenAt: new Date(now).toISOString() },
            tenant: { limit: 100, windowSeconds: 60 },
          }),
        );
        for (const minute of minutes) {
          const key = redis.keys.limiterUsage('api', minute);
          all.hset(key, usageField('passed', 'tenant', 'busy'), 250);
          all.hset(key, usageField('passed', 'tenant', 'calm'), 50);
        }
        return all.exec();
      });
      for (const tenant of ['busy', 'calm']) {
        await post('/rate-limit-overrides', {
          subject: { kind: 'tenant', tenant },
          limit: { kind: 'multiplier', factor: 3 },
          endsAt: later(10 * MINUTE),
        });
      }
      await post('/rate-limit-overrides', {
        subject: { kind: 'tenant', tenant: 'busy-but-long' },
        limit: { kind: 'multiplier', factor: 3 },
        endsAt: later(60 * MINUTE),
      });
      expect(await facts('rate-limits')).toEqual([
        {
          kind: 'override-ending',
          title: 'The override for busy ends soon, and it still needs it',
        },
      ]);
    });

    it('maintenance in force past the end that was planned first', async () => {
      const { window } = await post('/maintenance', {
        scope: { kind: 'tenant', tenant: 'acme' },
        mode: 'offline',
        endsAt: later(5 * MINUTE),
      });
      expect(await facts('maintenance', 6 * MINUTE)).toEqual([]);
      await post(`/maintenance/${window.id}/extend`, {
        endsAt: later(20 * MINUTE),
      });
      expect(await facts('maintenance')).toEqual([]);
      expect(await facts('maintenance', 6 * MINUTE)).toEqual([
        {
          kind: 'maintenance-overrun',
          title: 'acme is still offline: maintenance runs longer than planned',
        },
      ]);
      expect(await facts('maintenance', 21 * MINUTE)).toEqual([]);
    });

    it('a flag that should have been removed by now', async () => {
      await post('/flags', {
        key: 'old-checkout',
        type: 'boolean',
        defaultVariant: 'on',
        staleAfter: later(MINUTE),
      });
      expect(await facts('flags')).toEqual([]);
      expect(await facts('flags', 2 * MINUTE)).toEqual([
        {
          kind: 'flag-stale',
          title: expect.stringMatching(
            /^old-checkout should have been removed by \d+ \w{3} \d{4}$/,
          ),
        },
      ]);
    });
  },
);
