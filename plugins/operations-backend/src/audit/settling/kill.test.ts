import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestDatabaseId } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';
import {
  freePort,
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  defineJob,
  startWorker,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import { startBreakableProxy } from '../../__testUtils__/breakableProxy';
import { createTestDatabases } from '../../__testUtils__/databases';

jest.setTimeout(300_000);

const databases = createTestDatabases();
const ACTIONS = 42;
/** A whole backend starts, or begins to settle what another left. */
const LATER = { withinMs: 60_000, everyMs: 100 };
const reason = 'a burst before the power goes';

describe.each(databases.eachSupportedId())('a backend on %s', id => {
  let redis: TestRedis;
  let folder: string;
  let worker: WorkerHandle;
  let backend: ChildProcess | undefined;
  let config: JsonObject;
  let api: string;
  let database: Awaited<ReturnType<typeof databaseOf>>;

  beforeAll(async () => {
    redis = await getTestRedis();
    folder = await mkdtemp(join(tmpdir(), 'operations-settling-'));
    const port = await freePort();
    api = `http://127.0.0.1:${port}`;
    database = await databaseOf(id, folder);
    const { url, namespace, queuePrefix } = redis;
    config = {
      backend: {
        baseUrl: api,
        listen: { host: '127.0.0.1', port },
        database: database.config,
      },
      operations: {
        redis: { url, namespace, queuePrefix, commandTimeoutMs: 10_000 },
        actions: { perMinute: 0 },
      },
    };
    worker = startWorker({
      connection: url,
      namespace,
      queuePrefix,
      jobs: [defineJob({ name: 'count', handler: async () => {} })],
    });
    await worker.ready;
  });
  afterAll(async () => {
    backend?.kill('SIGKILL');
    await worker?.close();
    await database?.close();
    await redis?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    const started = fork(
      resolve(__dirname, '../../__testUtils__/backendProcess.ts'),
      {
        execArgv: [
          '--require',
          require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        ],
        env: {
          ...process.env,
          NODE_ENV: 'production',
          BACKEND_CONFIG: JSON.stringify(config),
        },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    backend = started;
    await new Promise<void>((ready, failed) => {
      started.on('message', message => message === 'ready' && ready());
      started.once('exit', code => failed(new Error(`it ended with ${code}`)));
    });
  }
  async function kill(): Promise<void> {
    const dying = backend!;
    dying.kill('SIGKILL');
    await once(dying, 'exit');
  }
  const get = async (path: string) => {
    const response = await fetch(`${api}/api/operations/v1${path}`);
    return response.json();
  };
  const readiness = async () =>
    (await fetch(`${api}/.backstage/health/v1/readiness`)).status;

  const endsAt = new Date(Date.now() + 3600_000).toISOString();
  /** A third of each: windows and flags are ours, runs are the engine's. */
  const actions = Array.from({ length: ACTIONS }, (_, n) => {
    if (n % 3 === 0) {
      const scope = { kind: 'tenant', tenant: `t-${n}` };
      return { path: '/maintenance', scope, mode: 'read-only', endsAt };
    }
    if (n % 3 === 1) {
      const flag = { type: 'boolean', defaultVariant: 'off' };
      return { path: '/flags', key: `flag-${n}`, ...flag };
    }
    return { path: '/jobs/bullmq/count/runs' };
  });
  const act = async (n: number) => {
    const { path, ...body } = actions[n];
    const response = await fetch(`${api}/api/operations/v1${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `key-${n}`,
      },
      body: JSON.stringify({ ...body, reason }),
    });
    return { status: response.status, body: await response.json() };
  };
  /** Sends all at once, and kills the backend after some answers. */
  async function burst(answers: number): Promise<void> {
    let answered = 0;
    let enough = () => {};
    const reached = new Promise<void>(done => (enough = done));
    const all = actions.map((_, n) =>
      act(n).then(
        () => {
          answered += 1;
          if (answered === answers) enough();
        },
        () => {},
      ),
    );
    await reached;
    await kill();
    await Promise.all(all);
  }

  it('[guarantees.3] that is killed in the middle of a burst has settled every entry when it is back, and a repetition gets the answer of what was done', async () => {
    await start();
    const jobs = async () => (await get('/jobs')).items?.length;
    await until(async () => (await jobs()) === 1, { seen: jobs, ...LATER });
    await burst(10);
    await start();

    const answers = await Promise.all(actions.map((_, n) => act(n)));
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    const again = await Promise.all(actions.map((_, n) => act(n)));
    expect(again.map(({ body }) => body.auditId)).toEqual(
      answers.map(({ body }) => body.auditId),
    );

    const open = async () => (await get('/audit?outcome=intended')).totalItems;
    await until(async () => (await open()) === 0, { seen: open, ...LATER });
    const succeeded = await get(
      '/audit?limit=100&outcome=succeeded&action=maintenance.begin&action=flag.create',
    );
    const done = succeeded.items.map((entry: AuditEntry) => entry.target);
    // each window and each flag once, and each is there
    const windows = (await get('/maintenance?limit=100')).items;
    const flags = (await get('/flags?limit=100')).items;
    expect([windows.length, flags.length]).toEqual([14, 14]);
    expect(done.sort()).toEqual(
      [
        ...windows.map((w: { id: string }) => `maintenance:${w.id}`),
        ...flags.map((f: { key: string }) => `flag:${f.key}`),
      ].sort(),
    );
    const runs = await get('/jobs/bullmq/count/runs');
    expect(runs.totalItems).toBe(14);
    expect(await get('/audit/verification')).toMatchObject({ whole: true });

    for (const [change, status] of database.changes) {
      await change();
      await until(async () => (await readiness()) === status, {
        seen: readiness,
        ...LATER,
      });
    }
  });
});

/** How a backend reaches the database, and a way to cut it off. */
async function databaseOf(
  id: TestDatabaseId,
  folder: string,
): Promise<{
  config: JsonObject;
  /** what may happen to it, and the readiness that follows */
  changes: Array<[happens: () => Promise<unknown>, readiness: number]>;
  close(): Promise<void>;
}> {
  if (id === 'SQLITE_3') {
    const config = {
      client: 'better-sqlite3',
      connection: { directory: folder },
    };
    return { config, changes: [], close: async () => {} };
  }
  const { connection } = (await databases.initEmpty(id)).client.config;
  const { host, port, user, password, database } = connection;
  const proxy = await startBreakableProxy({ host, port: Number(port) });
  return {
    config: {
      client: 'pg',
      pluginDivisionMode: 'schema',
      ensureExists: false,
      ensureSchemaExists: true,
      connection: {
        ...{ user, password, database },
        host: '127.0.0.1',
        port: proxy.port,
      },
    },
    changes: [
      [proxy.cut, 503],
      [proxy.mend, 200],
    ],
    close: proxy.close,
  };
}
