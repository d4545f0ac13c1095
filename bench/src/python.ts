/**
 * The Python package beside what one would use without it, on the same Redis: its worker beside a
 * Celery worker (no-op jobs, one process each), its middlewares beside the bare ASGI application,
 * and a flag. The two of a pair take turns. Fails where a goal is missed.
 *
 * Options: `--rounds` (7), `--count` (5000) jobs or requests a round.
 */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { median, neededRedisUrl, option, startBench } from './cli';

const PACKAGE = resolve(require.resolve('../package.json'), '../../python');
const PYTHON = process.env.OPERATIONS_PYTHON || '/usr/bin/python3';
const run = promisify(execFile);

const FLAG_GOAL_US = 2;
const WORKER_GOAL = 1;

/** What a program of `python/bench` prints. */
async function measure(
  program: string,
  args: Array<string | number>,
): Promise<Record<string, number>> {
  const { stdout } = await run(
    PYTHON,
    ['-m', `bench.${program}`, ...args.map(String)],
    {
      cwd: PACKAGE,
      env: {
        ...process.env,
        PYTHONPATH: 'src',
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  return JSON.parse(stdout);
}

async function main(): Promise<void> {
  const url = neededRedisUrl();
  const rounds = Number(option('rounds') ?? 7);
  const count = Number(option('count') ?? 5_000);

  // ours at its default concurrency; Celery's process in either of its ways, the better one counts
  const ways = {
    ours: () => measure('worker', [url, count, 10]),
    prefork: () => measure('celery_worker', [url, count, 'prefork']),
    solo: () => measure('celery_worker', [url, count, 'solo']),
  };
  type Way = keyof typeof ways;
  const perSecond: Record<Way, number[]> = { ours: [], prefork: [], solo: [] };
  const order = Object.keys(ways) as Way[];
  for (let round = 0; round < rounds; round++) {
    for (const way of round % 2 ? [...order].reverse() : order) {
      perSecond[way].push((await ways[way]()).perSecond);
    }
  }
  const ratio = median(
    perSecond.ours.map(
      (value, i) => value / Math.max(perSecond.prefork[i], perSecond.solo[i]),
    ),
  );
  const celery = Math.max(median(perSecond.prefork), median(perSecond.solo));
  const of = await measure('middlewares', [url, count]);
  const row = (...cells: Array<string | number>) =>
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  row(
    'no-op jobs/s of one process (peer: a Celery worker)',
    Math.round(median(perSecond.ours)),
    Math.round(celery),
    ratio.toFixed(2),
    `≥ ${WORKER_GOAL.toFixed(1)}`,
  );
  const request = (name: string, peer: string, label: string) =>
    row(
      label,
      `${of[name].toFixed(1)} µs`,
      `${of[peer].toFixed(1)} µs`,
      (of[name] / of[peer]).toFixed(2),
      '',
    );
  request(
    'maintenance',
    'bare',
    'a request behind `MaintenanceMiddleware` (peer: the bare application)',
  );
  request(
    'rateLimit',
    'bare',
    'a request behind `RateLimitMiddleware` (peer: the bare application)',
  );
  request(
    'rateLimit',
    'incr',
    'the same (peer: the bare application behind one `INCR`)',
  );
  row('`flags.boolean`', `${of.flag.toFixed(2)} µs`, '', '', '≤ 2 µs');
  if (ratio < WORKER_GOAL || of.flag > FLAG_GOAL_US) {
    throw new Error('A goal is missed');
  }
}

startBench(main);
