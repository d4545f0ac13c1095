import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JsonObject } from '@backstage/types';
import { Cluster, Redis } from 'ioredis';
import { CLUSTER_TAGS } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  startPrivateRedis,
  startTestCluster,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { createJobClient, defineJob } from '@craft-easy/operations-sdk/jobs';
import { Maintenance } from '@craft-easy/operations-sdk/maintenance';
import {
  createWebhookDispatcher,
  type WebhookDispatcher,
} from '@craft-easy/operations-sdk/webhooks';
import { apiAs } from './__testUtils__/api';
import { startPortal, TENANTS } from './__testUtils__/startPortal';

jest.setTimeout(120_000);

const PASSWORD = 'made-up-for-this-test';
const GUIDE = readFileSync(
  resolve(__dirname, '../../../docs/operations.md'),
  'utf8',
);
/** The users of the guide, and one who may look and clean up. */
const USERS = [
  ...(GUIDE.match(/^user .*$/gm) ?? []),
  'user auditor on >… ~* &* +@all',
]
  .map(line => line.replace('>…', `>${PASSWORD}`))
  .join('\n');

/** The same users for a Redis Cluster, made by the command of the guide. */
function usersOfCluster(): string[] {
  const [, command] = /`(sed [^`]+) users\.acl`/.exec(GUIDE)!;
  return execFileSync('sh', ['-c', command], { input: USERS })
    .toString()
    .split('\n');
}

type User = 'portal' | 'worker' | 'auditor';

/** Where portal and platform meet, each as their user. */
interface Place {
  layout: { cluster?: boolean };
  /** `operations.redis` of the portal. */
  config: JsonObject;
  ports: number[];
  as(user: User): Redis;
  close(): Promise<void>;
}

async function onOneServer(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'operations-users-'));
  const file = join(folder, 'users.acl');
  const others = usersOfCluster()
    .map(line => line.replace(/^user (portal|worker) /, 'user $1-of-cluster '))
    .filter(line => line.includes('-of-cluster'));
  await writeFile(file, `${[USERS, ...others].join('\n')}\n`);
  const server = await startPrivateRedis(['--aclfile', file]);
  const urlOf = (user: User) =>
    `redis://${user}:${PASSWORD}@127.0.0.1:${server.port}`;
  return {
    layout: {},
    config: { url: urlOf('portal') },
    ports: [server.port],
    as: user => new Redis(urlOf(user)),
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onCluster(): Promise<Place> {
  const cluster = await startTestCluster(3);
  const users = usersOfCluster().filter(line =>
    /^user (portal|worker|auditor) /.test(line),
  );
  for (const node of cluster.client.nodes('master')) {
    for (const line of users) {
      const [, ...rules] = line.match(/\([^)]*\)|\S+/g)!;
      await node.acl('SETUSER', ...(rules as [string]));
    }
  }
  return {
    layout: { cluster: true },
    config: { cluster: cluster.nodes, username: 'portal', password: PASSWORD },
    ports: cluster.nodes.map(({ port }) => port),
    as: user =>
      // the commands below are those that both have
      new Cluster(cluster.nodes, {
        redisOptions: { username: user, password: PASSWORD },
      }) as unknown as Redis,
    close: () => cluster.close(),
  };
}

/** Every key, with something in its variable parts. */
function allKeys(layout: { cluster?: boolean }) {
  const {
    runsOf: _another,
    runStreams: _others,
    ...keys
  } = protocolKeys('operations', layout);
  return Object.entries(keys).map(([name, key]) => ({
    name,
    key:
      typeof key === 'string'
        ? key
        : (key as (...parts: string[]) => string)('one', 'two', 'three'),
  }));
}

/** Runs a command of the guide, which begins as given, in a shell. */
function commandOf(beginning: string, env: Record<string, string> = {}) {
  const line = GUIDE.split('\n').find(text => text.startsWith(beginning))!;
  return execFileSync('sh', ['-c', line], {
    env: { ...process.env, ...env },
  }).toString();
}

const reason = 'shown by a test of this project';
const ADA = 'user:default/ada.admin';

describe.each([
  ['one server', onOneServer],
  ['a Redis Cluster', onCluster],
])(
  'portal and platform as the users of docs/operations.md on %s',
  (__, open) => {
    let place: Place;
    let receiver: Server;
    let portal: Awaited<ReturnType<typeof startPortal>>;
    let dispatcher: WebhookDispatcher;
    let controls: Controls;
    let isUp = false;
    const clients: Redis[] = [];
    const as = (user: User) => {
      const client = place.as(user);
      clients.push(client);
      return client;
    };
    /** Asks each server, as the auditor. */
    const fromAll = async <T>(ask: (server: Redis) => Promise<T[]>) => {
      const servers = place.ports.map(
        port => new Redis({ port, username: 'auditor', password: PASSWORD }),
      );
      clients.push(...servers);
      return (await Promise.all(servers.map(ask))).flat();
    };
    const ada = () => apiAs(portal.server, ADA);

    beforeAll(async () => {
      place = await open();
      const privateKey = commandOf('openssl genpkey').trim();
      const publicKey = commandOf('echo "$REQUEST_SIGNING_KEY"', {
        REQUEST_SIGNING_KEY: privateKey,
      }).trim();
      const requestKeys = [{ id: 'k1', publicKey }];
      portal = await startPortal({
        redis: {
          url: '',
          platform: as('worker'),
          namespace: 'operations',
          queuePrefix: 'bull',
          close: async () => {},
        },
        operations: {
          redis: { ...place.config, commandTimeoutMs: 5000 },
          requests: { keys: [{ id: 'k1', privateKey }] },
        },
        worker: {
          id: 'w1',
          requestKeys,
          jobs: [
            defineJob({
              name: 'export',
              cancellable: true,
              handler: async ctx => {
                const { signal } = ctx;
                ctx.log('exporting');
                await new Promise((_, reject) => {
                  signal.addEventListener('abort', () => reject(signal.reason));
                });
              },
            }),
            defineJob({
              name: 'broken',
              handler: async ctx => {
                ctx.log('about to break');
                ctx.progress(50);
                throw new Error('it broke');
              },
            }),
            defineJob({
              name: 'mrr-rollup',
              schedule: { every: { seconds: 1 } },
              manualRun: false,
              handler: async () => {},
            }),
            defineJob({
              name: 'per-tenant',
              tenantScoped: true,
              concurrency: 2,
              schedule: { cron: '* * * * * *' },
              manualRun: false,
              handler: async () => {},
            }),
          ],
        },
      });
      receiver = createServer((_, response) =>
        response.writeHead(isUp ? 204 : 500).end(),
      ).listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address() as AddressInfo;
      dispatcher = createWebhookDispatcher({
        connection: as('worker'),
        requestKeys,
        endpoint: () => ({
          url: `http://127.0.0.1:${port}`,
          secrets: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`],
        }),
        egress: { allowHttp: true, allow: ['127.0.0.1/32'] },
        retry: { attempts: 1, spanMs: 0 },
      });
      await dispatcher.start();
      controls = new Controls({ connection: as('worker') });
      await until(async () => (await ada().get('/jobs/bullmq/export')).ok);
    });
    afterAll(async () => {
      clients.forEach(client => client.disconnect());
      await controls?.close();
      await dispatcher?.close();
      receiver?.close();
      await portal?.stop();
      await place?.close();
    });

    const start = async (job: string): Promise<string> => {
      const { body } = await ada()
        .post(`/jobs/bullmq/${job}/runs`, { reason })
        .expect(202);
      return body.run.id;
    };
    const runOf = async (id: string) => (await ada().get(`/runs/${id}`)).body;
    const untilStatus = (id: string, status: string) =>
      until(async () => (await runOf(id)).status === status, {
        withinMs: 30_000,
        seen: () => runOf(id),
      });

    it('[protocol.3] have all rights that they need: running, failing, logs, schedules, cancelling, replays, maintenance', async () => {
      const broken = await start('broken');
      await untilStatus(broken, 'failed');
      expect(await runOf(broken)).toMatchObject({
        triggeredBy: ADA,
        signature: 'verified',
      });
      const { body: log } = await ada().get(`/runs/${broken}/log`);
      expect(log.lines[0].text).toBe('about to break');

      const long = await start('export');
      await untilStatus(long, 'running');
      await ada().post(`/runs/${long}/cancel`, { reason }).expect(202);
      await untilStatus(long, 'cancelled');
      expect(await runOf(long)).toMatchObject({ cancelledBy: ADA });

      for (const job of ['mrr-rollup', 'per-tenant']) {
        await until(async () => {
          const { body } = await ada().get(`/jobs/bullmq/${job}/runs`);
          return body.items.some(
            (run: { status: string }) => run.status === 'succeeded',
          );
        });
      }

      await dispatcher.send({
        tenant: TENANTS.own,
        endpoint: 'main',
        eventType: 'payment.confirmed',
        payload: { secretish: 'body' },
      });
      let failure = '';
      await until(async () => {
        const { body } = await ada().get('/webhook-failures');
        failure = body.items[0]?.id;
        return failure !== undefined;
      });
      isUp = true;
      await ada()
        .post(`/webhook-failures/${failure}/replay`, { reason })
        .expect(202);
      await until(async () => {
        const { body } = await ada().get(`/webhook-failures/${failure}`);
        return body.state === 'delivered';
      });

      const maintenance = new Maintenance(controls);
      await ada()
        .post('/maintenance', {
          scope: { kind: 'tenant', tenant: TENANTS.own },
          mode: 'read-only',
          endsAt: new Date(Date.now() + 60_000).toISOString(),
          messages: { en: 'We move' },
          timezone: 'UTC',
          reason,
        })
        .expect(201);
      await until(
        async () => maintenance.stateOf(TENANTS.own)?.mode === 'read-only',
      );
      expect(await fromAll(server => server.acl('LOG') as Promise<[]>)).toEqual(
        [],
      );
    });

    it('[protocol.3] keep the portal from writing a proof, and from reading a payload', async () => {
      const client = as('portal');
      const keys = protocolKeys('operations', place.layout);
      const payloads = await fromAll(server =>
        server.keys('operations:v1:*webhook-payload:*'),
      );
      expect(payloads).toHaveLength(1);
      for (const attempt of [
        () => client.set(keys.slot('mrr-rollup', 1, ''), 'mine'),
        () => client.del(keys.lastSlot('mrr-rollup')),
        () => client.set(keys.lastSlot('mrr-rollup'), '0'),
        () => client.sadd(keys.grants('per-tenant', 1), TENANTS.own),
        () => client.set(keys.requestUsed('x'), '1'),
        () => client.del(keys.tenantLock('per-tenant', 'x')),
        () => client.hgetall(payloads[0]),
        () =>
          client.eval(
            `return redis.call('SET', KEYS[1], '0')`,
            1,
            keys.lastSlot('mrr-rollup'),
          ),
      ]) {
        await expect(attempt()).rejects.toThrow(/NOPERM|permission/i);
      }
    });

    it('[protocol.3] keep the platform from asking for anything in a name, and from writing controls', async () => {
      const client = as('worker');
      const keys = protocolKeys('operations', place.layout);
      for (const attempt of [
        () => client.set(keys.cancel('x'), '{}'),
        () => client.set(keys.webhookReplayStop('x'), '1'),
        () => client.set(keys.control('flags', 'x'), '{}'),
        () => client.set(keys.controlsRevision('flags'), '1'),
        () => client.del(keys.controlsIndex('maintenance')),
        () => client.publish(keys.controlsChannel, '{}'),
        () => client.publish(keys.controlChannel, '{}'),
        () => client.set(keys.portalLease, 'mine'),
      ]) {
        await expect(attempt()).rejects.toThrow(/NOPERM|permission/i);
      }
      expect(
        await client.publish(keys.changesChannel, '{}'),
      ).toBeGreaterThanOrEqual(0);

      // it may write to a queue, as BullMQ needs; that proves nothing
      const jobs = createJobClient({ connection: as('worker') });
      await jobs.enqueue('broken', {
        runId: 'forged',
        triggeredBy: 'user:default/alva.admin',
        reason: 'because Alva said so',
      });
      await jobs.close();
      await untilStatus('forged', 'failed');
      expect(await runOf('forged')).toMatchObject({
        trigger: 'api',
        triggeredBy: 'worker:w1',
        signature: 'missing',
        claims: {
          triggeredBy: 'user:default/alva.admin',
          reason: 'because Alva said so',
        },
      });
    });

    it('[protocol.8] have their keys in the slots of the tags of a cluster, on all its primaries', async () => {
      const all = await fromAll(async server => [await server.keys('*')]);
      const tagged = new RegExp(
        `^(operations:v1|bull):\\{(${CLUSTER_TAGS.join('|')})\\}:`,
      );
      const isSpread = place.layout.cluster === true;
      expect(all.flat().filter(key => tagged.test(key) !== isSpread)).toEqual(
        [],
      );
      expect(all.map(keys => keys.length > 0)).toEqual(
        place.ports.map(() => true),
      );
    });
  },
);

describe('the users of docs/operations.md for a Redis Cluster', () => {
  let place: Place;

  beforeAll(async () => {
    place = await onOneServer();
  });
  afterAll(() => place.close());

  it('[protocol.3] have the same rights to each key where a cluster has it', async () => {
    const client = place.as('auditor');
    const rightsTo = async (user: string, key: string) => {
      const [reads, writes] = await Promise.all([
        client.call('ACL', 'DRYRUN', user, 'GET', key),
        client.call('ACL', 'DRYRUN', user, 'SET', key, 'x'),
      ]);
      return { reads: reads === 'OK', writes: writes === 'OK' };
    };
    const [one, many] = [{}, { cluster: true }].map(allKeys);
    const checked = await Promise.all(
      ['portal', 'worker'].flatMap(user =>
        one.map(async ({ name, key }, i) => ({
          what: `${user}: ${name}`,
          alone: await rightsTo(user, key),
          spread: await rightsTo(`${user}-of-cluster`, many[i].key),
        })),
      ),
    );
    expect(checked.length).toBeGreaterThan(60);
    for (const { what, alone, spread } of checked) {
      expect({ what, ...spread }).toEqual({ what, ...alone });
    }
    expect(
      await rightsTo('worker-of-cluster', 'operations:v1:{8ax}:runs-rejected'),
    ).toEqual({ reads: false, writes: false });
    for (const user of ['portal', 'worker']) {
      const dryRun = ['DRYRUN', `${user}-of-cluster`, 'CLUSTER', 'SLOTS'];
      expect(await client.call('ACL', ...dryRun)).toBe('OK');
    }
    client.disconnect();
  });
});
