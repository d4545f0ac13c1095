/**
 * History and inventory at scale: 10,000 jobs, 1,000 tenants, 1,000,000 runs, on SQLite and
 * PostgreSQL. The recorder writes everything, and everything is read over HTTP, as in production;
 * only sign-in and policy always say yes.
 *
 * Runs alone: `npm run bench -- jobs-store [--runs 1000000] [--only sqlite|postgres]`. Prints
 * figures as JSON.
 */
import { createJobStores } from '../../plugins/operations-backend/src/jobs/createJobs';
import { AuditStore } from '../../plugins/operations-backend/src/audit/AuditStore';
import { option, startBench } from './cli';
import { openDatabase } from './jobs/database';
import { declareJobs, recorderRate, seed } from './jobs/history';
import { measure, PAGES, serve, type Page, type Site } from './jobs/pages';

export interface Figures {
  database: string;
  jobs: number;
  runs: number;
  recorderPerSecond: number;
  recorderWithStartsPerSecond: number;
  seedPerSecond: number;
  pages: Record<string, Page>;
}

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
    audit: { store: new AuditStore(knex), redact: value => value },
  });
  await declareJobs(stores, scale.jobs, scale.tenants);
  const seedPerSecond = await seed(stores, scale);
  const recorderPerSecond = await recorderRate(stores, 100_000, false);
  const recorderWithStartsPerSecond = await recorderRate(stores, 50_000, true);
  // what autovacuum does by itself within a minute of so many rows
  if (kind === 'postgres') await knex.raw('vacuum analyze');
  const server = await serve(knex, stores);
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

if (require.main === module) startBench(main);
