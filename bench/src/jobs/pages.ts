/** What is read over HTTP, and how long it takes. */
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ConfigReader } from '@backstage/config';
import express from 'express';
import type { Knex } from 'knex';
import { Badges } from '../../../plugins/operations-backend/src/jobs/badges/Badges';
import {
  createJobsApi,
  type JobStores,
} from '../../../plugins/operations-backend/src/jobs/createJobs';
import { Api } from '../../../plugins/operations-backend/src/lib/api';
import { createRouter } from '../../../plugins/operations-backend/src/lib/createRouter';
import { createRunApi } from '../../../plugins/operations-backend/src/runs/createRuns';
import { BUSY_JOB } from './history';

/** A page: rows of its list, milliseconds, queries, bytes. */
export interface Page {
  rows: number;
  p50: number;
  p95: number;
  queries: number;
  gzip: number;
}

/** The API over HTTP, with everybody allowed everything and a platform that is there. */
export async function serve(
  knex: Knex,
  stores: JobStores,
): Promise<{ url: string; close(): void }> {
  const yes = async (requests: unknown[]) =>
    requests.map(() => ({ result: 'ALLOW' as const }));
  const jobs = createJobsApi({
    stores,
    health: {
      available: true,
      clockSkewMs: 0,
      asOf: new Date().toISOString(),
      troubles: [],
      workersOf: () => 1,
      fleet: {
        workers: () => [],
        workersOf: () => [],
        declarationsOf: () => [],
      },
    },
    badges: new Badges({
      config: new ConfigReader({}),
      discovery: { getExternalBaseUrl: async () => '' },
      inventory: stores.inventory,
    }),
    logReader: { read: async () => undefined },
    cancelSignal: { request: async () => {} },
    engines: new Map([['bullmq', {} as never]]),
  });
  const runs = createRunApi({ knex, ...jobs, runner: { wake: () => {} } });
  const app = express();
  app.use(
    createRouter({
      api: new Api({
        routes: [...jobs.routes, ...runs.routes],
        permissions: {
          authorize: yes,
          authorizeConditional: yes,
        } as never,
        actions: {} as never,
      }),
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
export interface Site {
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

/**
 * Milliseconds, queries and size of a page over many requests. The sites take turns, so that load
 * from outside hits all of them alike.
 */
export async function measure(sites: Site[], paths: string[]): Promise<Page[]> {
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

export const PAGES = {
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
    `/jobs/bullmq/${BUSY_JOB}/runs?limit=50`,
    `/jobs/bullmq/${BUSY_JOB}/trend?days=30`,
  ],
  'run search by tenant': ['/runs?search=tenant-0019'],
};
