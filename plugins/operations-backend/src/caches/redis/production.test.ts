import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '@backstage/types';
import {
  freePort,
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import { previewSelection } from '../previewSelection';
import { until } from '../__testUtils__/until';
import { purgeNow, testTarget } from '../__testUtils__/purges';

jest.setTimeout(60_000);

const run = promisify(execFile);
/** What docs/caches.md says that the portal's user needs. */
const NEEDED = 'SCAN UNLINK PEXPIREAT EXISTS TYPE PTTL PING DBSIZE INFO'.split(
  ' ',
);

describe('a cache as companies run it', () => {
  let folder: string;
  let redis: Redis;
  const servers: PrivateTestRedis[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-cache-'));
  });
  afterEach(async () => {
    redis.disconnect();
    await Promise.all(servers.splice(0).map(server => server.close()));
    await rm(folder, { recursive: true, force: true });
  });

  async function serve(...args: Parameters<typeof startPrivateRedis>) {
    const server = await startPrivateRedis(...args);
    servers.push(server);
    return server;
  }
  const fill = (n: number) =>
    redis.mset(
      Array.from({ length: n }, (_, i) => [
        ...[`cache:product:${i}`, 'x', `other:${i}`, 'x'],
      ]).flat(),
    );
  /** Previews, purges half softly, and then all of it. */
  async function purges(settings: JsonObject) {
    await fill(500);
    const target = testTarget(settings);
    const session = target.open();
    try {
      const seen = await previewSelection(target, session, {
        pattern: 'cache:product:*',
      });
      expect(seen).toMatchObject({ count: 500, exact: true });
    } finally {
      session.close();
    }
    const soft = { mode: 'soft', windowSeconds: 600 } as const;
    const keys = ['cache:product:1', 'cache:product:2'];
    const spread = await purgeNow(target, { ...soft, keys });
    expect(spread.progress.removed).toBe(2);
    expect(await redis.pttl('cache:product:1')).toBeGreaterThan(0);
    const { outcome, progress } = await purgeNow(target, {
      pattern: 'cache:product:*',
    });
    expect([outcome, progress.removed]).toEqual(['done', 500]);
    expect(await redis.dbsize()).toBe(500);
  }

  it('is purged by TLS with an authority of its own, as a user of its ACL who may no more than the documentation asks for', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-nodes', '-days', '2'],
      ...['-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', key, '-out', cert],
    ]);
    const server = await serve([
      ...['--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'],
    ]);
    redis = new Redis(server.url);
    const tlsPort = await freePort();
    await redis.config('SET', 'tls-port', tlsPort);
    await redis.call('ACL', [
      ...['SETUSER', 'portal', 'on', '>open-sesame', '~cache:*'],
      ...NEEDED.map(command => `+${command.toLowerCase()}`),
      '+memory|usage',
    ]);
    const url = `rediss://portal:open-sesame@localhost:${tlsPort}`;
    await purges({ url, tls: { caFile: cert } });

    const untrusting = testTarget({ url });
    // again and again, as a purge tries: a handshake that is given up must not end the process
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(
        purgeNow(untrusting, { pattern: 'cache:*' }),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    }
  });

  it('is found by its sentinels, and after a failover the rest of the keys goes from the new primary', async () => {
    const primary = await serve();
    const replica = await serve([
      '--replicaof',
      '127.0.0.1',
      `${primary.port}`,
    ]);
    redis = new Redis(primary.url);
    const config = join(folder, 'sentinel.conf');
    await writeFile(
      config,
      `sentinel monitor shop 127.0.0.1 ${primary.port} 1\nsentinel down-after-milliseconds shop 500\nsentinel failover-timeout shop 2000\n`,
    );
    const sentinel = await serve([], { sentinelConfig: config });
    const asked = new Redis(sentinel.url);
    await until(async () => {
      const known = await asked.call('SENTINEL', 'REPLICAS', 'shop');
      return (known as unknown[]).length === 1;
    });
    const settings = {
      sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
      sentinelName: 'shop',
    };
    expect(testTarget(settings).topology).toBe('sentinel');
    await purges(settings);

    await fill(500);
    const follower = new Redis(replica.url);
    await until(async () => (await follower.dbsize()) === 1_000);
    await primary.stop();
    await until(async () =>
      (await follower.info('replication')).includes('role:master'),
    );
    await until(async () => {
      const { progress } = await purgeNow(testTarget(settings), {
        pattern: 'cache:product:*',
      }).catch(error => {
        // the sentinels still name the old one for a moment
        if (error.name !== 'ServiceUnavailableError') throw error;
        return { progress: { removed: 0 } };
      });
      return progress.removed === 500;
    });
    expect(await follower.dbsize()).toBe(500);
    asked.disconnect();
    follower.disconnect();
  });
});
