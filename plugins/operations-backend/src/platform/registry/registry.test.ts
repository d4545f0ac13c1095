import { mockServices } from '@backstage/backend-test-utils';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  aRegistration,
  startPrivateRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { FakeRecorder, FakeRegistry } from '../__testUtils__/fakes';
import { connectTo } from '../__testUtils__/redis';
import { DeclarationDirectory } from './DeclarationDirectory';
import { announced, RegistrySync } from './RegistrySync';
import { WorkerDirectory } from './WorkerDirectory';

jest.setTimeout(30_000);

const job = (name: string, description = '') =>
  aRegistration({ engine: 'bullmq', name, description });

describe('keeping the inventory in step', () => {
  let server: TestRedis;
  let redis: OperationsRedis;
  let registry: FakeRegistry;
  let warnings: string[];
  let sync: RegistrySync;

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connectTo(server);
  });
  beforeEach(async () => {
    await redis.execute(client => client.flushall());
    registry = new FakeRegistry(new FakeRecorder());
    warnings = [];
    const logger = mockServices.logger.mock({
      warn: (text: string) => warnings.push(text),
    });
    sync = new RegistrySync({
      ...{ redis, registry, logger },
      declarations: new DeclarationDirectory(redis),
      outageEndedAt: () => 0,
      onChanged: () => {},
    });
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  const announce = (name: string, text: string, at = Date.now()) =>
    redis.execute(async client => {
      await client.hset(redis.keys.registry, `bullmq/${name}`, text);
      await client.zadd(redis.keys.registrySeen, at, `bullmq/${name}`);
    });
  const names = () =>
    registry.syncs.map(s => s.map(e => e.registration.name).sort());

  it('reports a registration once, until it changes or goes', async () => {
    await announce('a', JSON.stringify(job('a')));
    await announce('b', JSON.stringify(job('b')));
    await sync.look();
    await sync.look();
    expect(names()).toEqual([['a', 'b']]);

    await announce('b', JSON.stringify(job('b', 'changed')));
    await sync.look();
    expect(registry.syncs).toHaveLength(2);

    await redis.execute(client => client.hdel(redis.keys.registry, 'bullmq/a'));
    await sync.look();
    expect(names()[2]).toEqual(['b']);
  });

  it('takes a job as announced whose worker has registered it and not sent its first heartbeat yet', async () => {
    const before = Date.now();
    await redis.execute(client =>
      client.hset(redis.keys.registry, 'bullmq/a', JSON.stringify(job('a'))),
    );
    await sync.look();
    expect(registry.syncs[0][0].seenAt).toBeGreaterThanOrEqual(before);
  });

  it('reports that a job falls silent, and that it is announced again', async () => {
    const text = JSON.stringify(job('a'));
    await announce('a', text);
    await sync.look();
    await announce('a', text, Date.now() - 3600_000);
    await sync.look();
    await announce('a', text);
    await sync.look();
    expect(registry.syncs).toHaveLength(3);
  });

  it('[protocol.1] keeps the last good registration in force while a job’s cannot be read, and says which field is wrong', async () => {
    await announce('a', JSON.stringify(job('a', 'good')));
    await sync.look();
    const tenants = ['acme', 'a\u202eb'];
    await announce('a', JSON.stringify({ ...job('a', 'bad'), tenants }));
    await sync.look();
    expect(registry.syncs.at(-1)![0].registration.description).toBe('good');
    expect(registry.unreadable).toEqual([
      {
        jobId: 'bullmq/a',
        problem: expect.stringMatching(
          /^tenants\.1: A tenant's id has visible/,
        ),
      },
    ]);

    // a portal that starts now has never read the good one itself
    const restarted = new RegistrySync({
      ...{ redis, registry, logger: mockServices.logger.mock() },
      declarations: new DeclarationDirectory(redis),
      outageEndedAt: () => 0,
      onChanged: () => {},
    });
    await restarted.look();
    expect(registry.syncs.at(-1)![0].registration.description).toBe('good');

    await announce('a', JSON.stringify(job('a', 'better')));
    await sync.look();
    expect(registry.syncs.at(-1)![0].registration.description).toBe('better');
    expect(registry.unreadable).toEqual([]);
  });

  it("[protocol.6] goes by Redis' time alone, whatever the portal's own clock says", async () => {
    const realNow = Date.now;
    await announce('a', JSON.stringify(job('a')), realNow());
    const wrong = jest.spyOn(Date, 'now');
    for (const off of [45_000, -45_000, 600_000, -600_000]) {
      wrong.mockImplementation(() => realNow() + off);
      registry.syncs = [];
      await announce('a', JSON.stringify(job('a', `${off}`)), realNow());
      await sync.look();
      const [[{ seenAt }]] = registry.syncs;
      expect(Math.abs(seenAt - Date.now())).toBeLessThan(2_000);
    }
    wrong.mockRestore();
  });

  /** A declaration that a live worker has of job a. */
  const declare = (
    digest: string,
    announcedAt: number,
    declared: Parameters<typeof aRegistration>[0],
    more: { version?: string; beatAt?: number } = {},
  ) =>
    redis.execute(async client => {
      const { keys } = redis;
      const declaration = {
        v: 1,
        registration: aRegistration(declared),
        version: more.version,
        announcedAt: new Date(announcedAt).toISOString(),
      };
      const id = `bullmq/a@${digest}`;
      await client.hset(keys.declarations, id, JSON.stringify(declaration));
      const beatAt = more.beatAt ?? Date.now();
      await client.zadd(keys.declarationsSeen, beatAt, id);
    });
  const a = { engine: 'bullmq' as const, name: 'a' };

  it('[protocol.7] takes a job as guarded while any live worker declares that it is', async () => {
    await announce('a', JSON.stringify(job('a')));
    await declare('new', 2_000, a);
    await declare('old', 1_000, {
      ...a,
      manualRun: false,
      manualRunReason: 'would post twice',
    });
    await sync.look();
    const last = () => registry.syncs.at(-1)![0].registration;
    expect(last()).toMatchObject({
      manualRun: false,
      manualRunReason: 'would post twice',
    });

    // its last worker is gone
    await declare('old', 1_000, { ...a, manualRun: false }, { beatAt: 0 });
    await sync.look();
    expect(last().manualRun).toBe(true);
  });

  it('[protocol.7] knows which declarations are alive, which is in force, and in what the others differ', async () => {
    const directory = new DeclarationDirectory(redis);
    await declare('one', 1_000, a);
    await directory.look();
    expect(directory.of('bullmq/a')).toEqual([]);

    await declare('two', 2_000, {
      ...a,
      owner: 'group:default/finance',
      concurrency: 4,
      schedule: { cron: '0 2 * * *' },
      manualRun: false,
    });
    await directory.look();
    expect(directory.of('bullmq/a')).toEqual([
      expect.objectContaining({ digest: 'two', inForce: true, differsIn: [] }),
      expect.objectContaining({
        digest: 'one',
        inForce: false,
        manualRun: true,
        differsIn: ['concurrency', 'manualRun', 'owner', 'schedule'],
      }),
    ]);

    // a version counts before the first announcement
    await declare('one', 1_000, a, { version: '1.10' });
    await directory.look();
    expect(directory.of('bullmq/a').map(({ digest }) => digest)).toEqual([
      'one',
      'two',
    ]);
  });

  it('skips a registration that is not valid, reports it once, and takes all others', async () => {
    await announce('good', JSON.stringify(job('good')));
    await announce('broken', '{');
    await announce('liar', JSON.stringify(job('somebody-else')));
    await announce('odd', JSON.stringify({ ...job('odd'), attempts: -1 }));
    await sync.look();
    await sync.look();
    expect(names()).toEqual([['good']]);
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).toContain('attempts');

    await announce('odd', JSON.stringify(job('odd')));
    await sync.look();
    expect(names()[1]).toEqual(['good', 'odd']);
  });

  it('[guarantees.1] refuses a registration with a pattern that could stop the portal, and says which and why', async () => {
    const parametersSchema = {
      type: 'object',
      properties: { sku: { type: 'string', pattern: '^(a+)+$' } },
    };
    await announce(
      'slow',
      JSON.stringify({ ...job('slow'), parametersSchema }),
    );
    await sync.look();
    expect(names()).toEqual([[]]);
    expect(warnings.join()).toContain(
      'parametersSchema.properties.sku.pattern: the pattern "^(a+)+$" is refused: `a` reads again what was already read',
    );
  });

  it('knows which queues somebody declares', async () => {
    await announce('a', JSON.stringify(job('a')));
    await sync.look();
    expect(sync.isDeclared({ engine: 'bullmq', name: 'x', queue: 'a' })).toBe(
      true,
    );
    expect(sync.isDeclared({ engine: 'bullmq', name: 'a', queue: 'b' })).toBe(
      false,
    );
  });

  it('counts live workers by job, from records that say nonsense too', async () => {
    const { keys } = redis;
    const directory = new WorkerDirectory(redis);
    const worker = (id: string, jobs: string[]) =>
      JSON.stringify({
        v: 1,
        id,
        host: 'h',
        startedAt: new Date().toISOString(),
        jobs,
      });
    await redis.execute(async client => {
      for (const id of ['w1', 'w2', 'dead', 'nonsense']) {
        await client.zadd(keys.workers, Date.now(), id);
      }
      await client.set(
        keys.worker('w1'),
        worker('w1', ['bullmq/a', 'bullmq/b']),
      );
      await client.set(
        keys.worker('w2'),
        worker('w2', ['bullmq/a', 'bullmq/a']),
      );
      await client.set(keys.worker('nonsense'), '{');
    });
    await directory.look();
    expect(
      ['bullmq/a', 'bullmq/b', 'bullmq/c'].map(id => directory.workersOf(id)),
    ).toEqual([2, 1, 0]);

    await redis.execute(client => client.del(keys.worker('w1')));
    await directory.look();
    expect(directory.get('w1')).toBeUndefined();
    expect(directory.lastKnown('w1')).toMatchObject({ host: 'h' });
    expect(directory.workersOf('bullmq/b')).toBe(0);
  });
});

describe('when a job was last announced', () => {
  const now = 10_000_000;
  const entry = (name: string, seenAt: number) => ({
    registration: job(name),
    seenAt,
  });
  const seen = (entries: Array<{ seenAt: number }>) =>
    entries.map(e => e.seenAt);

  it('is what its workers wrote, but never in the future', () => {
    const entries = [entry('a', now - 5), entry('b', now + 99_999)];
    expect(seen(announced(entries, 0, now))).toEqual([now - 5, now]);
  });

  it('is the end of an outage for those who were announced right before it, and stays for those who were not', () => {
    const outageEnd = now - 1000;
    const entries = [
      entry('live', now - 600_000),
      entry('retired', now - 9_000_000),
    ];
    expect(seen(announced(entries, outageEnd, now))).toEqual([
      outageEnd,
      now - 9_000_000,
    ]);
  });

  it('is not touched long after an outage: who has not come back by then is silent', () => {
    const entries = [entry('a', now - 600_000)];
    expect(seen(announced(entries, now - 300_000, now))).toEqual([
      now - 600_000,
    ]);
  });
});
