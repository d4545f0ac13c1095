import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  startPrivateRedis,
  until,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';

jest.setTimeout(120_000);

// The same looks at the platform, more often.
jest.mock('../platform/timings', () => ({
  PLATFORM_TIMINGS: {
    ...jest.requireActual('../platform/timings').PLATFORM_TIMINGS,
    lookEveryMs: 100,
    registryEveryMs: 100,
  },
}));

const PACKAGE = resolve(__dirname, '../../../../python');
const PYTHON = process.env.OPERATIONS_PYTHON || '/usr/bin/python3';
const lacksPython =
  spawnSync(PYTHON, ['-c', 'import celery, apscheduler, rq, uvicorn, fastapi'])
    .status !== 0;

/** What each program in python/tests/jobs/kinds is, and what the portal knows of its job. */
const KINDS = [
  {
    what: 'a registry of the shape of craft-easy-api, in FastAPI',
    program: 'api',
    name: 'purge_soft_deleted',
    schedule: { cron: '0 2 * * *', firedBy: 'craft-easy-api' },
    log: 'older than 7 days',
  },
  {
    what: 'jobs of the shape of craft-easy-jobs',
    program: 'command',
    name: 'bi-export',
    tenant: 'acme',
    log: 'for acme',
  },
  {
    what: 'a Celery task with beat',
    program: 'celery_app',
    name: 'shop.add_up',
    schedule: { everyMs: 1_000, firedBy: 'celery beat' },
    log: 'adding 1 and 2',
  },
  {
    what: 'a job of APScheduler',
    program: 'apscheduler_app',
    name: 'tidy',
    schedule: { everyMs: 1_000, firedBy: 'APScheduler' },
    log: 'older than 7 days',
  },
  {
    what: 'a job of RQ',
    program: 'rq_app',
    name: 'tests.jobs.rq_functions.add_up',
    log: 'adding 40 and 2',
  },
];

// where CI is set they fail without it; elsewhere `npm test` says that there is none, and why
(lacksPython && !process.env.CI ? describe.skip : describe)(
  'jobs of Python in a portal',
  () => {
    let server: PrivateTestRedis;
    let portal: TestPortal;
    let client: ReturnType<TestPortal['client']>;
    let folder: string;
    const programs: ChildProcess[] = [];

    beforeAll(async () => {
      server = await startPrivateRedis();
      folder = mkdtempSync(join(tmpdir(), 'python-'));
      // the lines of docs/python.md name no namespace
      const { url, queuePrefix } = server;
      const redis = { url, queuePrefix, namespace: 'operations' };
      portal = await startPortal({ redis });
      client = portal.client();
    });
    afterEach(async () => {
      for (const program of programs.splice(0)) {
        // Celery and RQ have processes of their own
        process.kill(-program.pid!, 'SIGKILL');
        await once(program, 'exit');
        // one of those may hold it open a little longer
        program.stdout!.destroy();
      }
    });
    afterAll(async () => {
      await portal?.stop();
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function start(program: string): Promise<string> {
      const child = spawn(
        PYTHON,
        ['-m', `tests.jobs.kinds.${program}`, server.url, folder],
        {
          cwd: PACKAGE,
          env: {
            ...process.env,
            PYTHONPATH: 'src',
            PYTHONDONTWRITEBYTECODE: '1',
          },
          stdio: ['ignore', 'pipe', 'ignore'],
          detached: true,
        },
      );
      programs.push(child);
      const [said] = await once(child.stdout!, 'data');
      child.stdout!.resume();
      return String(said);
    }

    it.each(KINDS)(
      '[python.1] shows $what: its schedule, its runs with exit code and log, and its trend; and runs it',
      async ({ program, name, schedule, log, tenant }) => {
        const said = await start(program);
        // the platform runs its own job
        if (program === 'api') {
          await fetch(`${said.split(' ')[0]}/run`, { method: 'POST' });
        }
        const params = { engine: 'protocol', name };
        const runs = async () => {
          const { items } = await client.call('GET /jobs/:engine/:name/runs', {
            params,
            query: { status: ['succeeded'], limit: 100 },
          });
          return items;
        };
        const within = { withinMs: 60_000, everyMs: 200 };
        await until(async () => {
          const { items } = await client.call('GET /jobs', {
            query: { search: name },
          });
          return items.length === 1 && (await runs()).length > 0;
        }, within);

        const job = await client.call('GET /jobs/:engine/:name', { params });
        expect(job).toMatchObject({
          engine: 'protocol',
          name,
          ...(schedule && { schedule }),
        });
        const run = (await runs()).at(-1)!;
        expect(run).toMatchObject({ status: 'succeeded', exitCode: 0 });
        const { lines } = await client.call('GET /runs/:id/log', {
          params: { id: run.id },
          query: {},
        });
        expect(lines.map(({ text }) => text)).toContain(log);
        const trend = await client.call('GET /jobs/:engine/:name/trend', {
          params,
          query: { days: 1 },
        });
        expect(trend.days.at(-1)!.succeeded).toBeGreaterThan(0);

        const asked = await client.call('POST /jobs/:engine/:name/runs', {
          params,
          body: { reason: 'to see that it runs', ...(tenant && { tenant }) },
          idempotencyKey: `run-${program}`,
        });
        await until(async () => {
          const found = await runs();
          return found.some(({ id }) => id === asked.run.id);
        }, within);
      },
    );
  },
);
