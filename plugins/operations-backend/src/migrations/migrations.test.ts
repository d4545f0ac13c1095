import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { MigrationReportInput } from '@craft-easy/backstage-plugin-operations-protocol';
import { MigrationReporter } from '@craft-easy/operations-sdk/migrations';
import { createTestDatabases } from '../__testUtils__/databases';
import { startMigrationsApi } from './__testUtils__/api';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const TOKEN = mockCredentials.service.token();
const PYTHON = resolve(__dirname, '../../../../python/src');

describe.each(databases.eachSupportedId())('migrations on %s', id => {
  let api: Awaited<ReturnType<typeof startMigrationsApi>>;
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    api = await startMigrationsApi({
      knex: await databases.init(id, 'migrations'),
      now: () => now,
    });
  });
  afterEach(() => api.close());

  let sent = 0;
  async function report(more: Partial<MigrationReportInput> = {}) {
    const body: MigrationReportInput = {
      v: 1,
      component: 'tenant-api',
      version: '1.8.3',
      instance: 'a',
      at: new Date(now + ++sent).toISOString(),
      everyMs: 5_000,
      init: { state: 'initialised' },
      ...more,
    };
    const response = await fetch(
      `${api.url}/api/operations/v1/migrations/reports`,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${TOKEN}`,
        },
        body: JSON.stringify(body),
      },
    );
    return { status: response.status, body: await response.json(), sent: body };
  }
  const gate = (query: string) => api.get(`/migrations/settled?${query}`);
  const only = async () => (await api.get('/migrations')).body.items[0];

  it('keeps the newest report of an instance, however often and in whatever order they come', async () => {
    const first = await report({ init: { state: 'initialising' } });
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'settling', newest: true },
    });
    await report();
    const late = await report({ ...first.sent });
    expect(late.body.newest).toBe(false);
    const again = await report({ at: new Date(now + sent).toISOString() });
    expect(again.body.newest).toBe(true);
    expect((await only()).state).toBe('settled');
    expect((await only()).instances).toHaveLength(1);
  });

  it('goes from settling to settled as the instances of a deploy do, and is not settled while two versions run', async () => {
    await report({ instance: 'old', version: '1.8.2' });
    await report({ instance: 'a', init: { state: 'initialising' } });
    expect((await only()).state).toBe('settling');
    await report({ instance: 'a' });
    expect(await only()).toMatchObject({
      state: 'settling',
      reasons: [expect.stringContaining('2 versions')],
    });
    await report({ instance: 'old', version: '1.8.2', stopping: true });
    expect(await only()).toMatchObject({
      state: 'settled',
      versions: [{ version: '1.8.3', instances: 1 }],
    });
    const { body } = await api.get('/migrations');
    expect(body.environments).toEqual([
      {
        environment: 'production',
        settled: true,
        sentence: 'production has settled: 1 component',
      },
    ]);
  });

  it('says that an instance has fallen silent, never that it is settled; and stops waiting for one that was replaced', async () => {
    await report({ instance: 'a', version: '1.8.2' });
    now += 16_000;
    await report({ instance: 'b' });
    expect(await only()).toMatchObject({
      state: 'silent',
      reasons: [expect.stringContaining('a was last heard of')],
    });
    now += 6 * 60_000;
    await report({ instance: 'b' });
    expect((await only()).state).toBe('settled');
    now += 16_000;
    expect((await only()).state).toBe('silent');
  });

  it('[migrations.4] answers a pipeline 200 when the version has settled, 409 while it has not, 503 when that is not known', async () => {
    const asked = 'component=tenant-api&version=1.8.3&instances=2';
    expect(await gate(asked)).toMatchObject({ status: 503 });
    await report({ instance: 'a', init: { state: 'initialising' } });
    expect((await gate(asked)).status).toBe(409);
    await report({ instance: 'a' });
    const few = await gate(asked);
    expect(few.status).toBe(409);
    expect(few.body.error.message).toMatch('1 of 2 instances');
    await report({ instance: 'b', version: '1.8.2' });
    expect((await gate(asked)).status).toBe(409);
    await report({ instance: 'b' });
    expect(await gate(asked)).toMatchObject({
      status: 200,
      body: { settled: true, instances: 2 },
    });
    await report({
      instance: 'b',
      init: { state: 'failed', error: 'no primary' },
    });
    const failed = await gate(asked);
    expect(failed.status).toBe(409);
    expect(failed.body.error.message).toMatch('no primary');
    await report({ instance: 'b' });
    now += 16_000;
    expect((await gate(asked)).status).toBe(503);
  });

  it('[migrations.4] does not answer a pipeline without a token', async () => {
    const url = `${api.url}/api/operations/v1/migrations/settled?component=x`;
    const curl = promisify(execFile);
    const ask = (...headers: string[]) =>
      curl('curl', [
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code}',
        ...headers,
        url,
      ]);
    expect((await ask()).stdout).toBe('401');
    const header = `Authorization: Bearer ${TOKEN}`;
    expect((await ask('-H', header)).stdout).toBe('503');
  });

  it('takes reports from the SDK at start, at changes and at the end', async () => {
    let state: 'initialising' | 'initialised' = 'initialising';
    const reporter = new MigrationReporter({
      portalUrl: api.url,
      token: TOKEN,
      component: 'sdk-api',
      version: '2.0.0',
      instance: 'only',
      collect: () => ({ init: { state } }),
    }).start();
    const stateIs = async (wanted: string) => {
      const end = Date.now() + 5_000;
      for (;;) {
        const item = await only();
        if (item?.state === wanted) return;
        if (Date.now() > end) throw new Error(`still ${item?.state}`);
        await new Promise(r => setTimeout(r, 20));
      }
    };
    await stateIs('settling');
    state = 'initialised';
    reporter.changed();
    await stateIs('settled');
    await reporter.stop();
    await stateIs('unknown');
    expect((await only()).reasons).toEqual(['No instance is running']);
  });

  it('refuses what is no report, naming the field', async () => {
    const wrong = await report({ version: '' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.message).toMatch('body.version');
  });

  describe('from the Python reporter', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'operations-beanie-'));
      for (const name of ['20260101_first', '20260201_second']) {
        await writeFile(join(folder, `${name}.py`), '');
      }
      await writeFile(join(folder, '__init__.py'), '');
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function reportFromPython(scenario: string) {
      const script = join(__dirname, '__testUtils__/stand_in_models.py');
      const python = spawn(
        'python3',
        [script, PYTHON, api.url, TOKEN, scenario, folder],
        { stdio: ['ignore', 'inherit', 'pipe'] },
      );
      let errors = '';
      python.stderr.on('data', chunk => (errors += chunk));
      const [code] = await once(python, 'exit');
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      return only();
    }

    it('[migrations.3] tells a failed initialisation with its error', async () => {
      expect(await reportFromPython('failed')).toMatchObject({
        state: 'failed',
        reasons: [
          'Initialising failed: RuntimeError: index names collide: tenant_1',
        ],
      });
    });

    it('[migrations.3] tells indexes pending both ways: to be created and, where dropping is allowed, to be dropped', async () => {
      const component = await reportFromPython('indexes');
      expect(component).toMatchObject({
        state: 'pending',
        pendingIndexes: { create: 1, drop: 1 },
      });
      const [diff] = component.instances[0].indexes;
      expect(diff).toMatchObject({
        collection: 'members',
        missing: [
          {
            keys: [
              ['tenant', 1],
              ['joined_at', -1],
            ],
          },
        ],
        extra: [{ keys: [['old', -1]] }],
        same: [{ options: { unique: true } }],
      });
    });

    it('[migrations.3] tells migrations pending, diverged and rolled back, with the local time of Beanie’s log', async () => {
      expect(await reportFromPython('pending')).toMatchObject({
        state: 'pending',
        instances: [{ migrations: { pending: ['20260201_second'] } }],
      });
      await report({
        component: 'members-api',
        instance: 'python-pending',
        stopping: true,
      });
      const diverged = await reportFromPython('diverged');
      expect(diverged).toMatchObject({ state: 'diverged' });
      expect(diverged.reasons[0]).toMatch('20260115_of_a_branch');
      const [branch] = diverged.instances.filter(
        (i: { state: string }) => i.state === 'diverged',
      );
      expect(branch.migrations).toMatchObject({
        missing: ['20260115_of_a_branch'],
      });
      // the log knows its newest entry alone
      expect(branch.migrations).not.toHaveProperty('applied');
      await report({
        component: 'members-api',
        instance: 'python-diverged',
        stopping: true,
      });
      const back = await reportFromPython('rolled-back');
      const instance = back.instances.find(
        (i: { instance: string }) => i.instance === 'python-rolled-back',
      );
      expect(instance.migrations).toMatchObject({
        current: '20260101_first',
        pending: ['20260201_second'],
        lastRun: { direction: 'backward', at: '2026-11-03T03:00:00' },
      });
    });

    it('[migrations.3] does not take an inherited model’s sibling for an index to be dropped', async () => {
      expect(await reportFromPython('inherited')).toMatchObject({
        state: 'settled',
        pendingIndexes: { create: 0, drop: 0 },
      });
    });

    it('[migrations.3] says goodbye when it stops, having been settled', async () => {
      const component = await reportFromPython('settled');
      expect(component.instances[0]).toMatchObject({
        state: 'settled',
        retired: true,
        init: { models: ['SettledMember'] },
      });
    });
  });
});
