/**
 * History and inventory at scale: 10,000 jobs, 1,000 tenants, 1,000,000 runs, on SQLite and PostgreSQL. Everything is written by the recorder and read
 * over HTTP, as in production; only sign-in and policy are replaced by "yes".
 *
 * Runs alone: `npm run bench -- jobs-store [--runs 1000000] [--only sqlite|postgres]`. Prints figures as JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import knexFactory, { type Knex } from 'knex';
import {
  jobRegistrationSchema,
  runRecordSchema,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createJobs,
  createJobStores,
  type JobStores,
} from '../../plugins/operations-backend/src/jobs/createJobs';
import { AuditStore } from '../../plugins/operations-backend/src/audit/AuditStore';
import { createRouter } from '../../plugins/operations-backend/src/lib/createRouter';

const MIGRATIONS = resolve(
  __dirname,
  '../../plugins/operations-backend/migrations',
);
const DAY = 24 * 3600 * 1000;
const NOW = Date.now();

export interface Figures {
  database: string;
  jobs: number;
  runs: number;
  recorderPerSecond: number;
  recorderWithStartsPerSecond: number;
  seedPerSecond: number;
  pages: Record<string, Page>;
}

/** A page: rows of its list, milliseconds, queries, bytes. */
interface Page {
  rows: number;
  p50: number;
  p95: number;
  queries: number;
  gzip: number;
}

/** Opens a database as Backstage does, empty but for the tables. */
export async function openDatabase(
  kind: 'sqlite' | 'postgres',
): Promise<{ knex: Knex; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-jobs-'));
  let knex: Knex;
  let drop = async () => {};
  if (kind === 'sqlite') {
    knex = knexFactory({
      client: 'better-sqlite3',
      connection: { filename: join(folder, 'operations.sqlite') },
      useNullAsDefault: true,
      pool: { min: 1, max: 1 },
    });
  } else {
    const url =
      process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING;
    if (!url) {
      throw new Error(
        'Say where PostgreSQL is: BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING',
      );
    }
    const name = `bench_jobs_${process.pid}_${Date.now()}`;
    const admin = knexFactory({ client: 'pg', connection: url });
    await admin.raw('create database ??', [name]);
    const own = new URL(url);
    own.pathname = `/${name}`;
    knex = knexFactory({ client: 'pg', connection: own.href });
    drop = async () => {
      await admin.raw('drop database ?? with (force)', [name]);
      await admin.destroy();
    };
  }
  await knex.migrate.latest({ directory: MIGRATIONS });
  return {
    knex,
    async close() {
      await knex.destroy();
      await drop();
      rmSync(folder, { recursive: true });
    },
  };
}

const OWNERS = 40;
const jobName = (i: number) => `job-${String(i).padStart(5, '0')}`;

/** Declares jobs as a platform would: owners, tags, schedules, each tenth per tenant. */
export async function declareJobs(
  stores: JobStores,
  jobs: number,
  tenants: number,
): Promise<void> {
  const registrations = Array.from({ length: jobs }, (_, i) => ({
    seenAt: NOW,
    registration: jobRegistrationSchema.parse({
      v: 1,
      engine: 'bullmq',
      name: jobName(i),
      queue: jobName(i),
      description: `Does what job ${i} does for the ${
        ['billing', 'mail', 'search', 'export'][i % 4]
      } of the platform`,
      owner: `group:default/team-${i % OWNERS}`,
      tags: [['nightly', 'hourly'][i % 2], ['critical', 'normal'][i % 3 && 1]],
      schedule:
        i % 5 === 0
          ? null
          : { cron: `${i % 60} ${i % 24} * * *`, timezone: 'Europe/Stockholm' },
      targetDurationMs: 30_000,
      cancellable: i % 2 === 0,
      tenantScoped: i % 10 === 0,
      tenants:
        i % 10 === 0
          ? Array.from({ length: 50 }, (_u, t) =>
              tenant((i + t * 19) % tenants),
            )
          : [],
      registeredAt: new Date(NOW).toISOString(),
    }),
  }));
  for (let i = 0; i < jobs; i += 1000) {
    await stores.registry.syncRegistrations(
      // those before are announced too, or they would count as gone
      registrations.slice(0, i + 1000),
      NOW,
    );
  }
}

function tenant(i: number): string {
  return `tenant-${String(i).padStart(4, '0')}`;
}

/** The final record of a run of a job, some of them failed. */
function finalRecord(
  job: number,
  n: number,
  endedAt: number,
  tenantOf?: string,
): RunRecord {
  const failed = (job * 31 + n) % 25 === 0;
  const took = 500 + ((job * 7919 + n * 104729) % 40_000);
  return runRecordSchema.parse({
    v: 1,
    id: `${jobName(job)}.${n.toString(36)}.${endedAt.toString(36)}`,
    engine: 'bullmq',
    job: jobName(job),
    state: failed ? 'failed' : 'succeeded',
    trigger: 'schedule',
    at: new Date(endedAt).toISOString(),
    queuedAt: new Date(endedAt - took - 20).toISOString(),
    startedAt: new Date(endedAt - took).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    exitCode: failed ? 1 : 0,
    tenant: tenantOf,
    workerId: 'worker-1',
    ...(failed && {
      error: { name: 'Error', message: `step ${n} failed after ${took} ms` },
    }),
  });
}

/** History of all jobs, a month of it, through the recorder. */
export async function seed(
  stores: JobStores,
  given: { jobs: number; tenants: number; runs: number },
): Promise<number> {
  const perJob = Math.max(1, Math.floor(given.runs / given.jobs));
  const begin = performance.now();
  let batch: RunRecord[] = [];
  let written = 0;
  const flush = async () => {
    await stores.recorder.record(batch);
    written += batch.length;
    batch = [];
  };
  for (let job = 0; job < given.jobs; job++) {
    for (let n = 0; n < perJob; n++) {
      const endedAt =
        NOW - Math.floor(((perJob - n) / perJob) * 29 * DAY) - job;
      const forTenant =
        job % 10 === 0
          ? tenant((job + (n % 50) * 19) % given.tenants)
          : undefined;
      batch.push(finalRecord(job, n, endedAt, forTenant));
    }
    if (batch.length >= 2000) await flush();
  }
  await flush();
  return written / ((performance.now() - begin) / 1000);
}

/** How many records of one busy job the recorder writes a second, in batches of a thousand. */
export async function recorderRate(
  stores: JobStores,
  count: number,
  withStarts: boolean,
): Promise<number> {
  const job = withStarts ? 90_001 : 90_000;
  const batches: RunRecord[][] = [];
  for (let i = 0; i < count; i += 1000) {
    const batch: RunRecord[] = [];
    for (let n = i; n < i + 1000; n++) {
      const final = finalRecord(job, n, NOW - count + n);
      if (withStarts) {
        batch.push({
          ...final,
          state: 'running',
          at: final.startedAt!,
          endedAt: undefined,
          exitCode: undefined,
          error: undefined,
        });
      }
      batch.push(final);
    }
    batches.push(batch);
  }
  const records = batches.reduce((sum, b) => sum + b.length, 0);
  const begin = performance.now();
  for (const batch of batches) await stores.recorder.record(batch);
  return records / ((performance.now() - begin) / 1000);
}

/** The API over HTTP, with everybody allowed everything and a platform that is there. */
export async function serve(
  stores: JobStores,
): Promise<{ url: string; close(): void }> {
  const yes = async (requests: unknown[]) =>
    requests.map(() => ({ result: 'ALLOW' as const }));
  const { routes } = createJobs({
    stores,
    door: { run: () => Promise.reject(new Error('reading only')) },
    health: {
      available: true,
      asOf: new Date(NOW).toISOString(),
      workersOf: () => 1,
    },
    logReader: { read: async () => undefined },
    cancelSignal: { request: async () => {} },
    engines: new Map([['bullmq', {} as never]]),
  });
  const app = express();
  app.use(
    createRouter({
      routes,
      permissions: {
        authorize: yes,
        authorizeConditional: yes,
      } as never,
      httpAuth: {
        credentials: async () => ({
          $$type: '@backstage/BackstageCredentials',
          principal: { type: 'user', userEntityRef: 'user:default/bench' },
        }),
      } as never,
    }),
  );
  const server = await new Promise<ReturnType<typeof app.listen>>(done => {
    const listening = app.listen(0, '127.0.0.1', () => done(listening));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, close: () => server.close() };
}

/** A platform in a database of its own, read over HTTP. */
interface Site {
  knex: Knex;
  url: string;
}

/** Asks for a page, all of its requests at once. */
async function ask({ url }: Site, paths: string[]): Promise<string[]> {
  return Promise.all(
    paths.map(async path => {
      const response = await fetch(`${url}${path}`);
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return response.text();
    }),
  );
}

async function queriesOf(site: Site, paths: string[]): Promise<number> {
  let queries = 0;
  const count = () => {
    queries += 1;
  };
  site.knex.on('query', count);
  await ask(site, paths);
  site.knex.removeListener('query', count);
  return queries;
}

const WARM_UP = 10;
const TURNS = 4;
const ASKED_A_TURN = 20;

/** Milliseconds, queries and size of a page, asked for again and again; the sites take turns, so that what the machine does meanwhile, it does to all. */
async function measure(sites: Site[], paths: string[]): Promise<Page[]> {
  const times: number[][] = sites.map(() => []);
  for (const site of sites) {
    for (let i = 0; i < WARM_UP; i++) await ask(site, paths);
  }
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [at, site] of sites.entries()) {
      for (let i = 0; i < ASKED_A_TURN; i++) {
        const begin = performance.now();
        await ask(site, paths);
        times[at].push(performance.now() - begin);
      }
    }
  }
  return Promise.all(
    sites.map(async (site, at) => {
      const sorted = times[at].sort((x, y) => x - y);
      const share = (of: number) =>
        Number(sorted[Math.floor(of * (sorted.length - 1))].toFixed(2));
      const bodies = await ask(site, paths);
      return {
        rows: JSON.parse(bodies[0]).items.length,
        p50: share(0.5),
        p95: share(0.95),
        queries: await queriesOf(site, paths),
        gzip: bodies.reduce((sum, body) => sum + gzipSync(body).length, 0),
      };
    }),
  );
}

const PAGES = {
  'inventory, first page': ['/jobs?limit=50'],
  'inventory, sorted by last run': ['/jobs?limit=50&sort=lastRun&order=desc'],
  'inventory, sorted by duration': ['/jobs?limit=50&sort=duration&order=desc'],
  // a whole page of fifty at either size
  'inventory, searched, half found': ['/jobs?limit=50&search=nightly'],
  'inventory, searched, a quarter found': ['/jobs?limit=50&search=billing'],
  'inventory, searched for one': ['/jobs?limit=50&search=job%2042%20'],
  'inventory, of a tenant': ['/jobs?limit=50&tenant=tenant-0019'],
  'inventory, failed': ['/jobs?limit=50&status=failed'],
  'inventory, of an owner': ['/jobs?limit=50&owner=group:default/team-7'],
  'job page, 100,000 runs': [
    `/jobs/bullmq/${jobName(90_000)}/runs?limit=50`,
    `/jobs/bullmq/${jobName(90_000)}/trend?days=30`,
  ],
  'run search by tenant': ['/runs?search=tenant-0019'],
};

interface Scale {
  jobs: number;
  tenants: number;
  runs: number;
}

/** A platform of a size, its history written by the recorder, and how fast that went. */
async function build(
  kind: 'sqlite' | 'postgres',
  scale: Scale,
): Promise<Site & { figures: Figures; close(): Promise<void> }> {
  const { knex, close } = await openDatabase(kind);
  const stores = createJobStores({
    knex,
    audit: new AuditStore(knex),
    redact: value => value,
  });
  await declareJobs(stores, scale.jobs, scale.tenants);
  const seedPerSecond = await seed(stores, scale);
  const recorderPerSecond = await recorderRate(stores, 100_000, false);
  const recorderWithStartsPerSecond = await recorderRate(stores, 50_000, true);
  // what autovacuum does by itself within a minute of so many rows
  if (kind === 'postgres') await knex.raw('vacuum analyze');
  const server = await serve(stores);
  return {
    knex,
    url: server.url,
    figures: {
      database: kind,
      jobs: scale.jobs,
      runs: scale.runs,
      seedPerSecond: Math.round(seedPerSecond),
      recorderPerSecond: Math.round(recorderPerSecond),
      recorderWithStartsPerSecond: Math.round(recorderWithStartsPerSecond),
      pages: {},
    },
    async close() {
      server.close();
      await close();
    },
  };
}

/** The pages of platforms of several sizes, in the order given. */
export async function bench(
  kind: 'sqlite' | 'postgres',
  scales: Scale[],
): Promise<Figures[]> {
  const sites: Awaited<ReturnType<typeof build>>[] = [];
  try {
    for (const scale of scales) sites.push(await build(kind, scale));
    for (const [name, paths] of Object.entries(PAGES)) {
      const pages = await measure(sites, paths);
      sites.forEach(({ figures }, at) => {
        figures.pages[name] = pages[at];
      });
    }
    return sites.map(({ figures }) => figures);
  } finally {
    await Promise.all(sites.map(site => site.close()));
  }
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function main() {
  const runs = Number(option('runs') ?? 1_000_000);
  const jobs = Number(option('jobs') ?? 10_000);
  const only = option('only');
  const figures: Figures[] = [];
  for (const kind of ['sqlite', 'postgres'] as const) {
    if (only && only !== kind) continue;
    figures.push(
      ...(await bench(kind, [
        { jobs: 100, tenants: 1000, runs: runs / 100 },
        { jobs, tenants: 1000, runs },
      ])),
    );
  }
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

if (require.main === module) {
  main().catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
}
