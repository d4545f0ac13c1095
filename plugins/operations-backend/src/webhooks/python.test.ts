import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { webhookFailuresPageSchema } from '@craft-easy/backstage-plugin-operations-common/internal';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { startReceiver, type TestReceiver } from './__testUtils__/receiver';
import { startWebhooks } from './__testUtils__/startWebhooks';

jest.setTimeout(60_000);

const BASE = '/api/operations/v1';
const SERVICE = 'external:bookkeeping';
const PACKAGE = resolve(__dirname, '../../../../python');
const PYTHON = process.env.OPERATIONS_PYTHON || '/usr/bin/python3';
const databases = createTestDatabases();

const lacksPython =
  spawnSync(PYTHON, ['-c', 'import redis.asyncio']).status !== 0;

// where CI is set they fail without it; elsewhere `npm test` says that there is none, and why
(lacksPython && !process.env.CI ? describe.skip : describe)(
  'a platform in Python, with the routes for those without the SDK',
  () => {
    let redis: TestRedis;
    let receiver: TestReceiver;
    let portal: Awaited<ReturnType<typeof startWebhooks>>;
    const platforms: ChildProcess[] = [];

    beforeEach(async () => {
      redis = await getTestRedis();
      receiver = await startReceiver();
      const knex = await databases.init('SQLITE_3', 'audit', 'webhooks');
      portal = await startWebhooks({ knex, redis });
    });
    afterEach(async () => {
      for (const platform of platforms.splice(0)) platform.kill('SIGKILL');
      await portal.stop();
      await receiver.close();
      await redis.close();
    });

    const ask = (path: string, body: object) =>
      request(portal.server)
        .post(`${BASE}${path}`)
        .set('Authorization', mockCredentials.user.header('user:default/ada'))
        .send({ reason: 'asked for by the tenant', ...body });

    async function failures() {
      const { body } = await request(portal.server)
        .get(`${BASE}/webhook-failures`)
        .set('Authorization', mockCredentials.user.header('user:default/ada'));
      return webhookFailuresPageSchema.parse(body).items;
    }

    async function startPlatform(messages: string[]) {
      const token = mockCredentials.service.token({
        onBehalfOf: mockCredentials.service(SERVICE),
        targetPluginId: 'operations',
      });
      const platform = spawn(PYTHON, ['-m', 'tests.webhooks.service'], {
        cwd: PACKAGE,
        env: {
          ...process.env,
          PYTHONPATH: 'src',
          PYTHONDONTWRITEBYTECODE: '1',
          PORTAL_URL: `http://127.0.0.1:${portal.server.port()}`,
          TOKEN: token,
          REDIS_URL: redis.url,
          OPERATIONS_NAMESPACE: redis.namespace,
          RECEIVER_URL: receiver.url,
          SECRET: `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
          MESSAGES: messages.join(),
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      platforms.push(platform);
      await once(platform.stdout!, 'data');
      return platform;
    }

    it('[webhooks.7] reports what failed, sends it again under the same id, and tells how that ended', async () => {
      receiver.status = 503;
      const platform = await startPlatform(['msg_1', 'msg_2']);
      await portal.until(async () => (await failures()).length === 2);
      const [one, other] = await failures();
      expect(one).toMatchObject({
        tenant: 'acme',
        endpoint: 'orders',
        state: 'failed',
        attempts: 2,
        source: `service:${SERVICE}`,
        errorClass: 'server-error',
        errorCode: '503',
      });

      // what was dealt with meanwhile is not handed out
      await ask(`/webhook-failures/${other.id}/suppress`, {});
      receiver.status = 204;
      const replay = `/webhook-failures/${one.id}/replay`;
      expect((await ask(replay, {})).status).toBe(202);
      const found = async (id: string) =>
        (await failures()).find(failure => failure.id === id);
      const attempts = (n: number) => async () => {
        const now = await found(one.id);
        return now?.state === 'delivered' && now.attempts === n;
      };
      await portal.until(attempts(3));

      // what was delivered goes again where an operator says so
      expect((await ask(replay, { confirmDelivered: true })).status).toBe(202);
      await portal.until(attempts(4));
      expect([...receiver.accepted]).toEqual([[one.webhookId, 2]]);
      const exit = once(platform, 'exit');
      platform.kill('SIGTERM');
      expect(await exit).toEqual([0, null]);
    });

    it('[webhooks.7] carries out a whole bulk replay, each delivery once', async () => {
      receiver.status = 500;
      const ids = Array.from({ length: 30 }, (_, i) => `msg_${i}`);
      await startPlatform(ids.slice(0, 15));
      await startPlatform(ids.slice(15));
      await portal.until(async () => (await failures()).length === 30);
      receiver.status = 204;
      const bulk = await ask('/webhook-failures/bulk', {
        action: 'replay',
        selection: { filter: {}, asOf: new Date().toISOString() },
        expected: 30,
        perEndpointPerSecond: 30,
      });
      expect(bulk.body).toMatchObject({ count: 30 });
      await portal.until(async () =>
        (await failures()).every(({ state }) => state === 'delivered'),
      );
      expect(receiver.accepted.size).toBe(30);
      expect(new Set(receiver.accepted.values())).toEqual(new Set([1]));
    });
  },
);
