/**
 * `npm run bench -- jobs`: all that is claimed of jobs, in one run, as one table of ratios:
 * inventory and job page at 10,000 jobs, 1,000 tenants and a million runs on both databases
 * beside bull-board's list of a thousand queues; the recorder and the worker beside a plain
 * BullMQ worker; a process with 3,000 jobs; cancellation; logs; downloads. Takes about ten
 * minutes. `-- jobs --runs 100000` for a smaller history.
 */
import { measureBoard } from './jobs-board';
import { connectionRows } from './jobs-connections';
import { logRows, measureLog } from './jobs-log';
import { neededRedisUrl, option, startBench } from './cli';
import { measureRecorder, recorderRows } from './jobs-recorder';
import { bench, type Figures } from './jobs-store';
import { measureCancellation, measureWorker, workerRows } from './jobs-worker';

const SMALL = { jobs: 100, tenants: 1_000, runs: 10_000 };
const INVENTORY = /^inventory/;

/** Lines of pages: each beside the same page at a hundredth of the size. */
function pageRows(small: Figures, big: Figures): string[] {
  return Object.entries(big.pages).map(([name, page]) => {
    const peer = small.pages[name];
    const goals = INVENTORY.test(name)
      ? 'p95 ≤ 30 ms, ≤ 3 queries, ≤ 40 kB, ≤ 2 ×'
      : 'p95 ≤ 15 ms';
    return `| ${name}, ${
      big.database
    }: ms p95 (peer: a hundredth of the jobs) | ${page.p95} (${
      page.rows
    } rows, ${page.queries} queries, ${(page.gzip / 1000).toFixed(1)} kB) | ${
      peer.p95
    } (${peer.rows} rows) | ${(page.p50 / peer.p50).toFixed(
      2,
    )} (medians) | ${goals} |`;
  });
}

async function main(): Promise<void> {
  const url = neededRedisUrl();
  const runs = Number(option('runs') ?? 1_000_000);

  const lines = [
    '| measure | ours | peer | ratio | goal |',
    '|---|---|---|---|---|',
  ];
  const firstPages: number[] = [];
  for (const kind of ['sqlite', 'postgres'] as const) {
    const big = { jobs: 10_000, tenants: 1_000, runs };
    const [small, large] = await bench(kind, [SMALL, big]);
    firstPages.push(large.pages['inventory, first page'].p95);
    lines.push(...pageRows(small, large));
  }
  const board = await measureBoard(url);
  lines.push(
    `| inventory of 10,000 jobs, SQLite and PostgreSQL: ms p95 (peer: bull-board, \`/api/queues\` with ${
      board.queues
    } queues) | ${firstPages.join(', ')} | ${board.p95.toFixed(0)} (${(
      board.gzip / 1000
    ).toFixed(0)} kB) | ${firstPages
      .map(p95 => (p95 / board.p95).toFixed(3))
      .join(', ')} | – |`,
  );
  lines.push(...recorderRows(await measureRecorder(url)));
  lines.push(
    ...workerRows(await measureWorker(url), await measureCancellation(url)),
  );
  lines.push(...(await connectionRows()));
  lines.push(...logRows(await measureLog()));
  process.stdout.write(`${lines.join('\n')}\n`);
}

startBench(main);
