import { ConfigReader } from '@backstage/config';
import { readRedisOptions } from './settings';

const read = (redis?: object) =>
  readRedisOptions(new ConfigReader(redis ? { operations: { redis } } : {}));

describe('the settings of Redis', () => {
  it('mean the local server where nothing is configured', () => {
    expect(read()).toMatchObject({
      topology: { kind: 'single', host: 'localhost', port: 6379 },
      db: 0,
      namespace: 'operations',
      queuePrefix: 'bull',
      tls: undefined,
    });
  });

  it('take user, password, database and TLS from a URL', () => {
    expect(read({ url: 'rediss://ops:s%40fe@redis.example:6380/3' })).toEqual(
      expect.objectContaining({
        topology: { kind: 'single', host: 'redis.example', port: 6380 },
        username: 'ops',
        password: 's@fe',
        db: 3,
        tls: {},
      }),
    );
  });

  it('let a password of its own key stand above the one in the URL', () => {
    expect(
      read({ url: 'redis://ops:old@redis.example', password: 'new' }).password,
    ).toBe('new');
  });

  it('read sentinels with the name of the primary', () => {
    expect(
      read({
        sentinels: [{ host: 's1' }, { host: 's2', port: 5000 }],
        sentinelName: 'platform',
        sentinelPassword: 'p',
      }).topology,
    ).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 5000 },
      ],
      name: 'platform',
      sentinelPassword: 'p',
    });
  });

  it('read the nodes of a cluster, over which keys are spread', () => {
    const cluster = [{ host: 'c1' }, { host: 'c2' }];
    expect(read({ cluster, runStreams: 4 })).toMatchObject({
      topology: {
        kind: 'cluster',
        nodes: [
          { host: 'c1', port: 6379 },
          { host: 'c2', port: 6379 },
        ],
      },
      namespace: 'operations',
      queuePrefix: 'bull',
      layout: { cluster: true, runStreams: 4 },
    });
    expect(read({ host: 'h' }).layout).toEqual({ cluster: false });
    expect(() => read({ cluster, db: 1 })).toThrow(/db must be 0/);
    for (const runStreams of [0, 65, 2.5]) {
      expect(() => read({ runStreams })).toThrow(
        /redis\.runStreams must be a whole number from 1 to 64/,
      );
    }
  });

  it('read what TLS trusts and shows', () => {
    expect(
      read({ host: 'h', tls: { ca: 'PEM', servername: 'redis' } }).tls,
    ).toMatchObject({
      ca: 'PEM',
      servername: 'redis',
      rejectUnauthorized: true,
    });
    expect(read({ host: 'h', tls: true }).tls).toEqual({});
    expect(read({ host: 'h', tls: false }).tls).toBeUndefined();
  });

  it.each<[object, string]>([
    [
      { urll: 'redis://h' },
      'operations.redis.urll is no setting; did you mean `url`?',
    ],
    [
      { host: 'h', name_space: 'ops' },
      'operations.redis.name_space is no setting; did you mean `namespace`?',
    ],
    [
      { sentinels: [{ hostt: 's' }] },
      'operations.redis.sentinels[0].hostt is no setting; did you mean `host`?',
    ],
    [
      { host: 'h', tls: { cafile: '/ca.pem' } },
      'operations.redis.tls.cafile is no setting; did you mean `caFile`?',
    ],
    [
      { host: 'h', commandTimeout: 5 },
      'operations.redis.commandTimeout is no setting; did you mean `commandTimeoutMs`?',
    ],
  ])('[portal.3] refuse what nobody reads: %j', (redis, sentence) => {
    expect(() => read(redis)).toThrow(new Error(sentence));
  });

  it('[portal.3] say that a default address is meant, only where it is', () => {
    const said: string[] = [];
    for (const redis of [{ port: 6380 }, { host: 'h' }, { url: 'redis://h' }]) {
      const config = new ConfigReader({ operations: { redis } });
      readRedisOptions(config, undefined, message => said.push(message));
    }
    expect(said).toEqual([
      'operations.redis names no url, host, sentinels or cluster: connecting to localhost:6380, the default',
    ]);
  });

  it('say what is wrong without repeating a secret', () => {
    for (const url of ['redis://:hunter2@host:notaport', 'http://hunter2@h']) {
      const thrown = () => read({ url });
      expect(thrown).toThrow(/operations\.redis\.url/);
      expect(thrown).not.toThrow(/hunter2/);
    }
    expect(() => read({ url: 'redis://h', host: 'other' })).toThrow(
      'give one of url, host, sentinels and cluster, not url and host',
    );
  });
});
