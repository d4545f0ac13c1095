import { Cluster, Redis } from 'ioredis';
import { Controls } from './controls';
import { OperationsFlagProvider } from './flags';
import { createJobClient, defineJob, startWorker } from './jobs';
import { createSqlWitness } from './jobs/witness-sql';
import { expressMaintenanceGuard, Maintenance } from './maintenance';
import { MigrationReporter } from './migrations';
import { expressRateLimit, fastifyRateLimit, RateLimiter } from './rate-limits';
import {
  connectionForm,
  openConnection,
  sayDefaultAddress,
} from './redis/connection';
import { createGuardedAgent, createWebhookDispatcher } from './webhooks';

/* What is wrong here is so for the compiler too; who writes JavaScript has none. */
const connection = 'redis://localhost:1';
const worker = (more: object) => () =>
  startWorker({ jobs: [], connection, ...more });
const job = (more: object) => () =>
  defineJob({ name: 'a', handler: () => {}, ...more });
const webhooks = (more: object) => () =>
  createWebhookDispatcher({ connection, endpoint: () => undefined, ...more });
const controls = { state: () => {}, now: Date.now } as unknown as Controls;
const limiter = (more: object) => () =>
  new RateLimiter({ controls, connection, ...more });
const any = (given: unknown) => given as never;

const ADDRESS =
  'a URL such as redis://localhost:6379, options of ioredis, or an ioredis client';

describe('[portal.3] what is not understood is refused', () => {
  it.each<[string, () => unknown]>([
    // connections
    [
      'startWorker.conection: is not known; did you mean `connection`?',
      () => startWorker(any({ jobs: [], conection: connection })),
    ],
    [
      `startWorker.connection: is needed: ${ADDRESS}`,
      worker({ connection: undefined }),
    ],
    [`startWorker.connection: must be ${ADDRESS}`, worker({ connection: '' })],
    [
      'startWorker.redis: is not known; did you mean `connection`?',
      worker({ redis: {} }),
    ],
    [
      'startWorker.connection.uri: is no option of ioredis; did you mean `url`?',
      worker({ connection: { uri: connection } }),
    ],
    [
      'startWorker.connection.hots: is no option of ioredis; did you mean `host`?',
      worker({ connection: { hots: 'redis' } }),
    ],
    [
      'startWorker.connection.socket: is no option of ioredis; did you mean `host`?',
      worker({ connection: { socket: { host: 'redis' } } }),
    ],
    [
      'startWorker.connection.url: must begin with redis:// or, for TLS, rediss://, not https://',
      worker({ connection: { url: 'https://redis' } }),
    ],
    [
      `startWorker.connection: must be ${ADDRESS}`,
      worker({ connection: { duplicate: () => {} } }),
    ],
    [
      `startWorker.connection: must be ${ADDRESS}`,
      worker({ connection: [{ host: 'redis-1' }] }),
    ],
    [
      'Controls.connection.passwrd: is no option of ioredis; did you mean `password`?',
      () => new Controls(any({ connection: { passwrd: 'x' } })),
    ],
    // workers and clients
    [
      'startWorker.lockDuration: is not known; did you mean `lockDurationMs`?',
      worker({ lockDuration: 30 }),
    ],
    [
      'startWorker.lockDurationMs: must be a number of milliseconds, such as 30000, not a text',
      worker({ lockDurationMs: '30s' }),
    ],
    [
      'startWorker.concurrency: is not known; did you mean `defineJob({ concurrency })`?',
      worker({ concurrency: 5 }),
    ],
    [
      'startWorker.prefix: is not known; did you mean `queuePrefix`?',
      worker({ prefix: 'bull' }),
    ],
    [
      'startWorker.jobs: must be a list of what defineJob returns, not a list',
      worker({ jobs: [{ name: 'a', handler: () => {} }] }),
    ],
    [
      'startWorker.keepJobs.complete: is not known; did you mean `completed`?',
      worker({ keepJobs: { complete: 10 } }),
    ],
    [
      'startWorker.requestKeys: must be a list of { id, publicKey }, not a text',
      worker({ requestKeys: '-----BEGIN PUBLIC KEY-----' }),
    ],
    [
      'createJobClient.name_space: is not known; did you mean `namespace`?',
      () => createJobClient(any({ connection, name_space: 'ops' })),
    ],
    // declarations
    [
      'defineJob("a"): manual_run: is not known; did you mean `manualRun`?',
      job({ manual_run: false }),
    ],
    [
      'defineJob("a"): cron: is not known; did you mean `schedule: { cron }`?',
      job({ cron: '0 2 * * *' }),
    ],
    [
      'defineJob("a"): schedule: must be an object of cron, timezone, every, offset, by, firedBy, not a text',
      job({ schedule: '0 2 * * *' }),
    ],
    [
      'defineJob("a"): schedule.tz: is not known; did you mean `timezone`?',
      job({ schedule: { cron: '0 2 * * *', tz: 'Europe/Stockholm' } }),
    ],
    [
      'defineJob("a"): schedule.every: is one kind of schedule, schedule.cron another: give one of them',
      job({ schedule: { cron: '0 2 * * *', every: { days: 1 } } }),
    ],
    [
      'defineJob("a"): retries: is not known; did you mean `attempts`?',
      job({ retries: '3' }),
    ],
    [
      'defineJob("a"): attempts: must be a whole number above 0, not a text',
      job({ attempts: '3' }),
    ],
    [
      'defineJob("a"): timeoutMs: is not known; did you mean `timeout`?',
      job({ timeoutMs: 5_000 }),
    ],
    [
      'defineJob("a"): manualRun: must be true or false, not a text',
      job({ manualRun: 'no' }),
    ],
    [
      'defineJob("a"): backoff.delayMs: is not known; did you mean `delay`?',
      job({ backoff: { type: 'fixed', delayMs: 100 } }),
    ],
    [
      'defineJob("a"): onCall.href: is not known; did you mean `url`?',
      job({ onCall: { title: 'x', href: 'https://x.example' } }),
    ],
    [
      'defineJob("a"): handler: is needed: a function',
      () => defineJob(any({ name: 'a' })),
    ],
    [
      'defineJob("a"): processor: is not known; did you mean `handler`?',
      () => defineJob(any({ name: 'a', processor: () => {} })),
    ],
    // webhooks
    [
      'createWebhookDispatcher.timeout: is not known; did you mean `timeoutMs`?',
      webhooks({ timeout: 5 }),
    ],
    [
      'createWebhookDispatcher.retry.retries: is not known; did you mean `attempts`?',
      webhooks({ retry: { retries: 3 } }),
    ],
    [
      'createWebhookDispatcher.retry.attempts: must be a whole number above 0, not 0',
      webhooks({ retry: { attempts: 0 } }),
    ],
    [
      'createWebhookDispatcher.circuit.cooldown: is not known; did you mean `cooldownMs`?',
      webhooks({ circuit: { cooldown: 30 } }),
    ],
    [
      'createWebhookDispatcher.egress.allow: must be a list of texts, not a text',
      webhooks({ egress: { allow: '10.0.0.0/8' } }),
    ],
    [
      'createWebhookDispatcher.endpoint: is needed: a function',
      () => createWebhookDispatcher(any({ connection })),
    ],
    [
      'createGuardedAgent.allowHTTPS: is not known; did you mean `allowHttp`?',
      () => createGuardedAgent(any({ allowHTTPS: true })),
    ],
    // controls, and what follows them
    [
      'Controls: must be an object of connection, namespace, pollMs, now, onError, not a text',
      () => new Controls(any(connection)),
    ],
    [
      'RateLimiter.tenant.windowMs: is not known; did you mean `windowSeconds`?',
      limiter({ tenant: { limit: 1, windowMs: 60_000 } }),
    ],
    [
      'RateLimiter.tenant: must be an object of limit, windowSeconds, not 100',
      limiter({ tenant: 100 }),
    ],
    [
      'RateLimiter.controls: is needed: what new Controls() returns',
      limiter({ controls: undefined }),
    ],
    [
      'expressRateLimit: limiter: must be what new RateLimiter() returns, not an object',
      () => expressRateLimit(any({ tenant: () => 'acme' })),
    ],
    [
      'fastifyRateLimit.tenants: is not known; did you mean `tenant`?',
      () => fastifyRateLimit(any({ consume: () => {} }), any({ tenants: 1 })),
    ],
    [
      'OperationsFlagProvider.initializeTimeout: is not known; did you mean `initializeTimeoutMs`?',
      () => new OperationsFlagProvider(any({ controls, initializeTimeout: 5 })),
    ],
    [
      'Maintenance: controls: must be what new Controls() returns, not an object',
      () => new Maintenance(any({ controls })),
    ],
    [
      'expressMaintenanceGuard.allowed: is not known; did you mean `allow`?',
      () =>
        expressMaintenanceGuard(
          any({ stateOf: () => {} }),
          any({ allowed: ['/health'] }),
        ),
    ],
    [
      'MigrationReporter.portalUrl: must be the URL of the portal, such as https://portal.example.com, not a text',
      () =>
        new MigrationReporter({
          portalUrl: 'portal:7007',
          token: 't',
          component: 'c',
          version: '1',
          collect: () => ({ init: { state: 'initialised' } }),
        }),
    ],
    [
      'createSqlWitness.keepDays: must be a number of days, at least 1, not 0',
      () =>
        createSqlWitness({
          knex: any({ raw() {}, transaction() {} }),
          keepDays: 0,
        }),
    ],
    [
      'createSqlWitness.knex: must be what knex() returns, not an object',
      () => createSqlWitness({ knex: any({ client: 'pg' }) }),
    ],
  ])('%s', (sentence, mistake) => {
    let said: string | undefined;
    try {
      mistake();
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toBe(sentence);
  });
});

describe('[portal.3] a connection', () => {
  const opened = (given: never) => {
    const client = openConnection(given, 'worker') as Redis;
    client.disconnect();
    return client.options;
  };

  it('takes a url among its options, as BullMQ does', () => {
    expect(
      opened(
        any({
          url: 'redis://:s@redis-7:7000/2',
          connectionName: 'w',
          lazyConnect: true,
        }),
      ),
    ).toMatchObject({
      host: 'redis-7',
      port: 7000,
      db: 2,
      password: 's',
      connectionName: 'w',
    });
  });

  it('passes options, clients and clusters of ioredis', () => {
    const redis = new Redis({ lazyConnect: true });
    const cluster = new Cluster([], { lazyConnect: true });
    for (const given of [
      redis,
      cluster,
      connection,
      'localhost:6379',
      { host: 'redis', maxRetriesPerRequest: null },
      { sentinels: [{ host: 's', port: 26379 }], name: 'primary' },
    ]) {
      expect(connectionForm.safeParse(given).success).toBe(true);
    }
    redis.disconnect();
    cluster.disconnect();
  });

  it.each<[object | string, string | undefined]>([
    [{}, 'localhost:6379'],
    [{ url: undefined }, 'localhost:6379'],
    [{ port: 6380, password: 's' }, 'localhost:6380'],
    ['redis://:6380', 'localhost'],
    [{ host: 'redis' }, undefined],
    [{ path: '/run/redis.sock' }, undefined],
    [{ sentinels: [{ host: 's' }] }, undefined],
    [{ url: 'redis://redis:6379' }, undefined],
    ['redis://redis', undefined],
    ['redis://:s@redis:6380', undefined],
    ['redis://ops:s@:6380/2', 'localhost'],
  ])('%j goes to the default address: %s', (given, address) => {
    const said: string[] = [];
    sayDefaultAddress('startWorker', any(given), text => said.push(text));
    expect(said).toEqual(
      address
        ? [
            `startWorker: the connection names no host, path, url or sentinels: connecting to ${address}, the default`,
          ]
        : [],
    );
  });

  it('says once, in the log of the worker, that it goes to the default address', async () => {
    const said: string[] = [];
    const log = (text: string) => said.push(text);
    const started = startWorker({
      jobs: [],
      connection: { port: 1 },
      logger: { info: log, warn: log, error: log },
    });
    await started.close({ force: true, graceMs: 0 });
    expect(said.filter(text => text.includes('the default'))).toEqual([
      expect.stringContaining('connecting to localhost:1, the default'),
    ]);
  });
});
