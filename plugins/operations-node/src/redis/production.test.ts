import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ConfigReader } from '@backstage/config';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  freePort,
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '../testUtils';
import { createOperationsRedis, type OperationsRedis } from './service';
import { readRedisOptions } from './settings';

jest.setTimeout(60_000);

const run = promisify(execFile);

describe('Redis as companies run it', () => {
  let folder: string;
  const servers: PrivateTestRedis[] = [];
  const opened: OperationsRedis[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'operations-redis-test-'));
  });
  afterEach(async () => {
    opened.splice(0).forEach(redis => redis.close());
    await Promise.all(servers.splice(0).map(server => server.close()));
    await rm(folder, { recursive: true, force: true });
  });

  const serve = async (...args: string[]) => {
    const server = await startPrivateRedis(args);
    servers.push(server);
    return server;
  };
  const open = (settings: object) => {
    const redis = createOperationsRedis(
      readRedisOptions(new ConfigReader({ operations: { redis: settings } })),
      { warn: () => {} },
    );
    opened.push(redis);
    return redis;
  };
  /** Asks until the answer is the wanted one; an answer that Redis is away is no answer yet. */
  async function untilAnswered(
    ask: () => Promise<unknown>,
    wanted: (answer: unknown) => boolean,
  ) {
    let answer: unknown;
    await until(
      async () => {
        answer = await ask().catch(error => {
          if (!(error instanceof ServiceUnavailableError)) throw error;
          return error.message;
        });
        return wanted(answer);
      },
      { withinMs: 30_000, everyMs: 50, seen: () => answer },
    );
  }

  it('is reached by TLS with an authority of its own, as a user of its ACL who may no more than it needs', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-nodes', '-days', '2'],
      ...['-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', key, '-out', cert],
    ]);
    const plain = await serve(
      ...['--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'],
    );
    const tlsPort = await freePort();
    const admin = open({ url: plain.url });
    await admin.execute(client => client.config('SET', 'tls-port', tlsPort));
    await admin.execute(client =>
      client.call(
        ...(['ACL', 'SETUSER', 'portal', 'on', '>open-sesame'] as const),
        ...(['~operations:*', '&operations:*', '+@all', '-@admin'] as const),
      ),
    );

    const url = `rediss://portal:open-sesame@localhost:${tlsPort}`;
    const redis = open({ url, tls: { caFile: cert } });
    const { runs } = redis.keys;
    await redis.execute(client => client.xadd(runs, '*', 'record', '{}'));
    await expect(redis.execute(c => c.set('elsewhere', 'x'))).rejects.toThrow(
      'NOPERM',
    );
    const untrusting = open({ url });
    await expect(untrusting.execute(c => c.ping())).rejects.toBeInstanceOf(
      ServiceUnavailableError,
    );

    // and may be ended at any moment of a handshake that comes to nothing: an error of its socket
    // that nobody hears would end the process
    const over: Promise<unknown>[] = [];
    for (let turns = 0; turns < 30; turns++) {
      const given = open({ url });
      const client = given.connect('commands');
      over.push(
        new Promise(done => client.once('close', done).once('end', done)),
      );
      for (let n = 0; n < turns; n++) await nextTurn();
      given.close();
    }
    await Promise.all(over);
  });

  it('is followed to the new primary when the sentinels have chosen one', async () => {
    const primary = await serve();
    const replica = await serve('--replicaof', '127.0.0.1', `${primary.port}`);
    const direct = open({ url: replica.url });
    await untilAnswered(
      () => direct.execute(client => client.info('replication')),
      info => String(info).includes('master_link_status:up'),
    );
    const config = join(folder, 'sentinel.conf');
    await writeFile(
      config,
      [
        `sentinel monitor platform 127.0.0.1 ${primary.port} 1`,
        'sentinel down-after-milliseconds platform 500',
        'sentinel failover-timeout platform 2000',
      ].join('\n'),
    );
    const sentinel = await startPrivateRedis([], { sentinelConfig: config });
    servers.push(sentinel);
    const asked = open({ url: sentinel.url });
    await untilAnswered(
      () => asked.execute(c => c.call('SENTINEL', 'REPLICAS', 'platform')),
      replicas => Array.isArray(replicas) && replicas.length === 1,
    );

    const redis = open({
      sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
      sentinelName: 'platform',
    });
    await redis.execute(client => client.set('before', 'yes'));
    await untilAnswered(
      () => direct.execute(client => client.get('before')),
      answer => answer === 'yes',
    );

    await primary.stop();
    await untilAnswered(
      () => redis.execute(client => client.set('after', 'yes')),
      answer => answer === 'OK',
    );
    await expect(direct.execute(client => client.get('after'))).resolves.toBe(
      'yes',
    );
  });
});
