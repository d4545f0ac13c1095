/**
 * Purges, while another client reads, beside what an operator would type: keys per second, and how
 * long the other client waits.
 *
 * `npm run bench -- caches [--unpinned] [--plot <file.svg>]`
 */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { startPrivateRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import { testTarget } from '../../plugins/operations-backend/src/caches/__testUtils__/purges';
import { startRunner } from './caches/runner';
import { plot, refill } from './caches/refill';

/**
 * In production the purge comes from another machine. Here the server and the reading client have
 * one core to themselves, and everything else shares the others: the client then waits for the
 * server, and not for a core that a purge has taken.
 */
const SERVER_CORE = '0';
const OTHER_CORES = `1-${cpus().length - 1}`;
const PATTERN = 'cache:product:*';
/** Long enough to see the pauses of some milliseconds that a shared machine has now and then. */
const IDLE_MS = 30_000;
const CASES = [
  { total: 1_000_000, matching: 10_000 },
  { total: 1_500_000, matching: 1_000_000 },
];

interface Probe {
  n: number;
  p50: number;
  p99: number;
  max: number;
}

function say(line: string) {
  process.stdout.write(`${line}\n`);
}

/** @returns whether that could be done */
function pin(pid: number | string, cores: string): boolean {
  if (process.argv.includes('--unpinned') || cpus().length < 2) return false;
  return spawnSync('taskset', ['-acp', cores, `${pid}`]).status === 0;
}

async function shareCores(redis: Redis) {
  const server = /process_id:(\d+)/.exec(await redis.info('server'))![1];
  const done = pin(server, SERVER_CORE) && pin(process.pid, OTHER_CORES);
  say(
    done
      ? 'the server and the reading client on a core of their own'
      : 'all on all cores: the scheduler is measured with the server',
  );
}

async function fill(redis: Redis, total: number, matching: number) {
  await redis.flushall();
  await redis.set('probe:it', 'x'.repeat(100));
  for (let from = 0; from < total; from += 10_000) {
    const pairs: string[] = [];
    for (let n = from; n < from + 10_000; n++) {
      pairs.push(
        `${n < matching ? 'cache:product:' : 'other:item:'}${n}`,
        'a value of some thirty bytes..',
      );
    }
    await redis.mset(pairs);
  }
  await wait(500);
}

async function probed(
  redis: Redis,
  port: number,
  work: () => Promise<unknown>,
): Promise<{ seconds: number; probe: Probe; busy: string }> {
  const child = fork(join(__dirname, 'caches/getProbe.ts'), [`${port}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child.stdout!, 'data');
  pin(child.pid!, SERVER_CORE);
  await redis.config('RESETSTAT');
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const busy = await busyShare(redis, seconds);
  const answer = new Promise<Probe>(resolve =>
    child.on('message', (message: Probe) => {
      // the TypeScript loader has messages of its own
      if (message.n > 0) resolve(message);
    }),
  );
  child.send('end');
  return { seconds, probe: await answer, busy };
}

/** Of a while, how much the server was busy with SCAN and UNLINK, by its own account. */
async function busyShare(redis: Redis, seconds: number): Promise<string> {
  const stats = await redis.info('commandstats');
  const spent = [
    ...stats.matchAll(/cmdstat_(?:scan|unlink):calls=\d+,usec=(\d+)/g),
  ];
  const ms = spent.reduce((sum, [, usec]) => sum + Number(usec) / 1000, 0);
  return `${(ms / (seconds * 10)).toFixed(0)} %`;
}

async function redisCli(port: number) {
  const command = `redis-cli -p ${port} --scan --pattern '${PATTERN}' | xargs -n 1000 redis-cli -p ${port} unlink > /dev/null`;
  const child = spawn('sh', ['-c', command], { stdio: 'inherit' });
  await once(child, 'exit');
}

function row(
  name: string,
  keys: number,
  { seconds, probe, busy }: Awaited<ReturnType<typeof probed>>,
) {
  say(
    [
      name.padEnd(44),
      `${Math.round(keys / seconds)}`.padStart(9),
      seconds.toFixed(2).padStart(7),
      probe.p50.toFixed(2).padStart(7),
      probe.p99.toFixed(2).padStart(7),
      probe.max.toFixed(1).padStart(7),
      busy.padStart(6),
    ].join(' '),
  );
}

async function main() {
  const server = await startPrivateRedis(['--appendonly', 'no']);
  const redis = new Redis(server.url);
  await shareCores(redis);
  const target = testTarget(
    { url: server.url, commandTimeoutMs: 5_000 },
    { allowUnthrottled: true },
  );
  say(`${'what'.padEnd(44)}    keys/s seconds  p50 ms  p99 ms  max ms   busy`);
  const runner = await startRunner(target);
  for (const { total, matching } of CASES) {
    say(`-- ${matching} of ${total} keys`);
    await fill(redis, total, matching);
    const idle = await probed(redis, server.port, () => wait(IDLE_MS));
    row('idle', 0, idle);
    const paced = await probed(redis, server.port, () =>
      runner.purge(PATTERN, target.defaultKeysPerSecond),
    );
    row('ours, default rate', matching, paced);
    await fill(redis, total, matching);
    const cli = await probed(redis, server.port, () => redisCli(server.port));
    row('redis-cli --scan | xargs unlink', matching, cli);
    await fill(redis, total, matching);
    const fast = await probed(redis, server.port, () =>
      runner.purge(PATTERN, 0),
    );
    row('ours, unthrottled', matching, fast);
    say(
      `   p99 added at the default rate: ${(
        paced.probe.p99 - idle.probe.p99
      ).toFixed(2)} ms (at most 1), max ${paced.probe.max.toFixed(
        1,
      )} ms (at most 10); unthrottled against redis-cli: ${(
        cli.seconds / fast.seconds
      ).toFixed(1)}x (at least 2)`,
    );
  }

  await redis.flushall();
  const seconds = 10;
  const hard = await refill(server.url, 'hard', seconds);
  await redis.flushall();
  const soft = await refill(server.url, 'soft', seconds);
  say(
    `-- regenerations in a quarter second, 1,000 readers: hard at most ${Math.max(
      ...hard,
    )}, soft over ${seconds} s at most ${Math.max(...soft)}`,
  );
  const at = process.argv.indexOf('--plot');
  if (at > 0) writeFileSync(process.argv[at + 1], plot(hard, soft));
  await runner.stop();
  redis.disconnect();
  await server.close();
}

main();
