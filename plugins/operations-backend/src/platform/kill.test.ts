import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import knexFactory, { type Knex } from 'knex';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { MIGRATIONS } from '../__testUtils__/databases';
import { aRecord } from './__testUtils__/fakes';
import type { PortalSettings } from './__testUtils__/portalProcess';
import { connectTo, report } from './__testUtils__/redis';

jest.setTimeout(180_000);

const RUNS = 2000;

describe('a portal that is killed', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let folder: string;
  let knex: Knex;
  const portals: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connectTo(server);
    folder = await mkdtemp(join(tmpdir(), 'operations-kill-'));
  });
  afterAll(async () => {
    for (const portal of portals) portal.kill('SIGKILL');
    await knex?.destroy();
    redis.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function startPortal(): Promise<ChildProcess> {
    const settings: PortalSettings = {
      redis: { url: server.url, namespace: server.namespace },
      database: join(folder, 'portal.sqlite'),
      migrations: MIGRATIONS,
    };
    const portal = fork(resolve(__dirname, '__testUtils__/portalProcess.ts'), {
      execArgv: [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      ],
      env: { ...process.env, PORTAL: JSON.stringify(settings) },
    });
    portals.push(portal);
    // the transform sends messages of its own
    await new Promise<void>((ready, failed) => {
      portal.on('message', message => message === 'ready' && ready());
      portal.once('exit', code => failed(new Error(`it ended with ${code}`)));
    });
    return portal;
  }

  const count = async (status: string) => {
    const [row] = await knex('runs').where({ status }).count({ n: '*' });
    return Number(row.n);
  };

  it('[jobs.6] has every one of 2,000 runs exactly once when it is back, in the history and in the counts per day', async () => {
    const first = await startPortal();
    knex = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: join(folder, 'portal.sqlite') },
      useNullAsDefault: true,
    });
    const ids = Array.from({ length: RUNS }, (_, i) => `run-${i}`);
    let reported = 0;
    let goOn = () => {};
    const killed = new Promise<void>(done => (goOn = done));
    const platform = (async () => {
      for (const id of ids) {
        // a slow portal must not be killed after all was reported
        if (reported === RUNS / 2) await killed;
        await report(redis, aRecord(id, { state: 'running' }), aRecord(id));
        reported += 1;
      }
    })();

    await until(async () => (await count('succeeded')) > 200, {
      withinMs: 60_000,
      seen: () => count('succeeded'),
    });
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(reported).toBeLessThan(RUNS);
    goOn();
    await platform;

    await startPortal();
    await until(async () => (await count('succeeded')) === RUNS, {
      withinMs: 60_000,
      seen: () => count('succeeded'),
    });
    const [{ days }] = await knex('job_days').sum({ days: 'succeeded' });
    expect(Number(days)).toBe(RUNS);
    expect(await count('running')).toBe(0);
  });
});
