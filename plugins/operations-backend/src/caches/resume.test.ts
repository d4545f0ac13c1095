import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { TestDatabases } from '@backstage/backend-test-utils';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import createKnex, { type Knex } from 'knex';
import { PurgeStore } from './PurgeStore';
import type { PurgeRow } from './purgeRow';
import { until } from './__testUtils__/until';
import { purgeNow, testPurge, testTarget } from './__testUtils__/purges';

jest.setTimeout(300_000);

// a slice of at most 5,000 keys may be removed twice, which has to be less than a tenth of them
const KEYS = 80_000;
const OTHERS = 20_000;
const RATE = 20_000;
const PATTERN = 'cache:product:*';
const SCRIPT = join(__dirname, '__testUtils__/replica.ts');
const TRANSFORM = require.resolve('@backstage/cli/config/nodeTransform.cjs');

const databases = TestDatabases.create({ ids: ['SQLITE_3', 'POSTGRES_15'] });

/**
 * knex hides passwords from whoever lists a connection's properties; the replica's process needs
 * it.
 */
function withPassword<C extends { password?: string }>(connection: C): C {
  return { ...connection, password: connection.password };
}

/**
 * Counts, from now on, the keys that scans look at and those that the server is asked to remove.
 */
async function watchWork(redis: Redis) {
  const work = { looked: 0, keys: 0 };
  const monitor = await redis.monitor();
  monitor.on('monitor', (_time: string, [command, ...args]: string[]) => {
    const name = command.toLowerCase();
    if (name === 'scan') work.looked += Number(args[args.length - 1]);
    if (name === 'unlink') work.keys += args.length;
  });
  return {
    async done() {
      // what was sent before this is shown before it
      const mark = `mark:${Math.random()}`;
      const seen = new Promise<void>(resolve =>
        monitor.on('monitor', (_time: string, args: string[]) => {
          if (args.includes(mark)) resolve();
        }),
      );
      await redis.exists(mark);
      await seen;
      monitor.disconnect();
      return work;
    },
  };
}

async function fill(redis: Redis) {
  for (let from = 0; from < KEYS + OTHERS; from += 10_000) {
    const pairs = Array.from({ length: 10_000 }, (_, i) => {
      const n = from + i;
      return [n < KEYS ? `cache:product:${n}` : `cache:other:${n}`, 'x'];
    });
    await redis.mset(pairs.flat());
  }
}

describe('a purge in the hands of replicas', () => {
  let server: PrivateTestRedis;
  let redis: Redis;
  let undisturbed: { looked: number; keys: number };

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = new Redis(server.url);
    await fill(redis);
    const alone = await watchWork(redis);
    await purgeNow(testTarget({ url: server.url }), {
      pattern: PATTERN,
      keysPerSecond: RATE,
    });
    undisturbed = await alone.done();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });

  describe.each(databases.eachSupportedId())('on %s', databaseId => {
    let folder: string;
    let config: Knex.Config;
    let knex: Knex;
    let store: PurgeStore;
    let replicas: ChildProcess[];

    beforeEach(async () => {
      await redis.flushall();
      await fill(redis);
      folder = await mkdtemp(join(tmpdir(), 'operations-purge-'));
      // SQLite has to be a file here: two processes share it
      config =
        databaseId === 'SQLITE_3'
          ? {
              client: 'better-sqlite3',
              connection: { filename: join(folder, 'portal.sqlite') },
              useNullAsDefault: true,
            }
          : {
              client: 'pg',
              connection: withPassword(
                (await databases.init(databaseId)).client.config.connection,
              ),
            };
      knex = createKnex(config);
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@craft-easy/backstage-plugin-operations-backend',
          'migrations',
        ),
      });
      store = new PurgeStore(knex);
      replicas = [];
    });

    afterEach(async () => {
      for (const replica of replicas) {
        if (replica.exitCode === null && replica.signalCode === null) {
          replica.kill('SIGKILL');
          await once(replica, 'exit');
        }
      }
      await knex.destroy();
      await rm(folder, { recursive: true, force: true });
    });

    /** A process that is there, and looks for work once it is asked to. */
    async function aReplica(): Promise<ChildProcess> {
      const settings = { knex: config, redisUrl: server.url, leaseMs: 1_500 };
      const replica = spawn(
        process.execPath,
        ['--require', TRANSFORM, SCRIPT, JSON.stringify(settings)],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      replicas.push(replica);
      const lines = createInterface({ input: replica.stdout! });
      const [first] = await once(lines, 'line');
      expect(first).toBe('ready');
      return replica;
    }

    const begin = (replica: ChildProcess) => replica.stdin!.write('begin\n');

    const progressOf = async (id: string): Promise<PurgeRow> =>
      (await store.get(id))!;

    const removed = (id: string, more: number) =>
      until(async () => (await progressOf(id)).progress.removed > more);
    const succeeded = (id: string) =>
      until(async () => (await progressOf(id)).status === 'succeeded');

    /**
     * A purge that was asked for, and two replicas that do not look for work before they are
     * asked to.
     */
    async function aPurge() {
      const purge = testPurge({ pattern: PATTERN, keysPerSecond: RATE });
      await store.insert(purge, undefined);
      const [first, second] = await Promise.all([aReplica(), aReplica()]);
      return { id: purge.id, first, second };
    }

    it('[caches.4] whose replica is killed with -9 in the middle is finished by the other one from its cursor, each key counted once, at most 1.1 times the work', async () => {
      const watched = await watchWork(redis);
      const { id, first, second } = await aPurge();
      begin(first);
      await removed(id, 0);
      // looks for work all the while, and leaves alone what the first one holds
      begin(second);
      await removed(id, KEYS / 4);
      first.kill('SIGKILL');
      await once(first, 'exit');
      const halfway = await progressOf(id);
      expect(halfway.status).toBe('running');
      expect(halfway.progress.removed).toBeLessThan((KEYS * 3) / 4);
      expect(halfway.resumed).toBe(0);

      await succeeded(id);

      const ended = await progressOf(id);
      expect(ended.progress.removed).toBe(KEYS);
      expect(ended.resumed).toBe(1);
      expect(await redis.dbsize()).toBe(OTHERS);
      expect(undisturbed.keys).toBe(KEYS);
      const work = await watched.done();
      expect(work.looked / undisturbed.looked).toBeLessThanOrEqual(1.1);
      expect(work.keys / undisturbed.keys).toBeLessThanOrEqual(1.1);
    });

    it('goes over to another replica at once when its own is asked to end', async () => {
      const { id, first, second } = await aPurge();
      begin(first);
      await removed(id, 0);
      first.kill('SIGTERM');
      await once(first, 'exit');
      expect(first.exitCode).toBe(0);

      begin(second);
      await succeeded(id);
      expect((await progressOf(id)).progress.removed).toBe(KEYS);
      expect(await redis.dbsize()).toBe(OTHERS);
    });
  });
});
