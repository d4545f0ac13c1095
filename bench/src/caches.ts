/**
 * Purges beside what an operator would type, while another client reads: keys a second, and how long the other client waits.
 * `npm run bench -- caches [--plot <file.svg>]`
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { startPrivateRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Redis } from 'ioredis';
import { testTarget } from '../../plugins/operations-backend/src/caches/__testUtils__/purges';
import { startRunner } from './caches/runner';
import { plot, refill } from './caches/refill';

const PATTERN = 'cache:product:*';
const CASES = [
  { total: 1_000_000, matching: 10_000 },
  { total: 1_500_000, matching: 1_000_000 },
];
const DEFAULT_RATE = 20_000;

interface Probe {
  n: number;
  p50: number;
  p99: number;
  max: number;
}

function say(line: string) {
  process.stdout.write(`${line}\n`);
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

async function probed<T>(
  port: number,
  work: () => Promise<T>,
): Promise<{ seconds: number; probe: Probe }> {
  const child = fork(join(__dirname, 'caches/getProbe.ts'), [`${port}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child.stdout!, 'data');
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const told = new Promise<Probe>(resolve =>
    child.on('message', (message: Probe) => {
      // the TypeScript loader has messages of its own
      if (message.n > 0) resolve(message);
    }),
  );
  child.send('end');
  return { seconds, probe: await told };
}

async function redisCli(port: number) {
  const command = `redis-cli -p ${port} --scan --pattern '${PATTERN}' | xargs -n 1000 redis-cli -p ${port} unlink > /dev/null`;
  const child = spawn('sh', ['-c', command], { stdio: 'inherit' });
  await once(child, 'exit');
}

function row(name: string, keys: number, seconds: number, probe: Probe) {
  say(
    [
      name.padEnd(44),
      `${Math.round(keys / seconds)}`.padStart(9),
      seconds.toFixed(2).padStart(7),
      probe.p50.toFixed(2).padStart(7),
      probe.p99.toFixed(2).padStart(7),
      probe.max.toFixed(1).padStart(7),
    ].join(' '),
  );
}

async function main() {
  const server = await startPrivateRedis(['--appendonly', 'no']);
  const redis = new Redis(server.url);
  const target = testTarget(
    { url: server.url, commandTimeoutMs: 5_000 },
    { allowUnthrottled: true },
  );
  say(`${'what'.padEnd(44)}    keys/s seconds  p50 ms  p99 ms  max ms`);
  const runner = await startRunner(target);
  for (const { total, matching } of CASES) {
    say(`-- ${matching} of ${total} keys`);
    await fill(redis, total, matching);
    const idle = await probed(server.port, () => wait(5_000));
    row('idle', 0, idle.seconds, idle.probe);
    const paced = await probed(server.port, () =>
      runner.purge(PATTERN, DEFAULT_RATE),
    );
    row('ours, default rate', matching, paced.seconds, paced.probe);
    await fill(redis, total, matching);
    const cli = await probed(server.port, () => redisCli(server.port));
    row('redis-cli --scan | xargs unlink', matching, cli.seconds, cli.probe);
    await fill(redis, total, matching);
    const fast = await probed(server.port, () => runner.purge(PATTERN, 0));
    row('ours, unthrottled', matching, fast.seconds, fast.probe);
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
