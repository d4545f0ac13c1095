/**
 * The cost that the controls add to a request, each beside a named peer in the same run, and the
 * time until a change has reached every process.
 *
 * `npm run bench -- controls`
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  publicationArguments,
  PUBLISH_CONTROLS_LUA,
  type ControlKind,
  type ControlRecord,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import { startPrivateRedis } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';
import {
  createMaintenanceCheck,
  Maintenance,
} from '@craft-easy/operations-sdk/maintenance';
import { RateLimiter } from '@craft-easy/operations-sdk/rate-limits';
import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { median, startBench } from './cli';
import { monotonicMs, type ReaderMessage } from './controls/clock';

const OVERRIDES = 10_000;
const PROCESSES = 4;
const CHANGES = 500;
const ROUNDS = 7;
const REQUESTS = 30_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const figure = (n: number) => Math.round(n).toLocaleString('en');

/** Operations per second of `n` calls, so many at a time. */
async function rate(
  n: number,
  concurrency: number,
  call: (i: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < n) await call(next++);
    }),
  );
  return (n * 1000) / (performance.now() - begun);
}

/**
 * Processor time of this process and of a Redis so far, in µs. Unlike a rate, it does not depend
 * on what else the machine does.
 */
async function cpuTime(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = ['user', 'sys'].map(kind =>
    Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]),
  );
  const { user, system } = process.cpuUsage();
  return user + system + (seconds[0] + seconds[1]) * 1e6;
}

/** Ratio of ours to the peer's, by turns, so that what else the machine does hits both alike. */
async function sideBySide(
  label: string,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
  wanted: number,
): Promise<void> {
  await ours();
  await peer();
  const pairs: Array<[number, number]> = [];
  for (let i = 0; i < ROUNDS; i++) {
    const first = i % 2 === 0;
    const a = first ? await ours() : await peer();
    const b = first ? await peer() : await ours();
    pairs.push(first ? [a, b] : [b, a]);
  }
  const ratio = median(pairs.map(([o, p]) => o / p));
  say(
    `${label}: ${figure(median(pairs.map(p => p[0])))}/s against ${figure(
      median(pairs.map(p => p[1])),
    )}/s, ratio ${ratio.toFixed(3)} (wanted ≥ ${wanted})`,
  );
}

/** The first message of a reader that fits; loaders send messages of their own. */
function messageFrom(
  child: ChildProcess,
  fits: (message: ReaderMessage) => boolean,
): Promise<ReaderMessage> {
  return new Promise(resolve => {
    const listen = (message: Partial<ReaderMessage>) => {
      if (message.at === undefined || !fits(message as ReaderMessage)) return;
      child.off('message', listen);
      resolve(message as ReaderMessage);
    };
    child.on('message', listen);
  });
}

async function main() {
  const server = await startPrivateRedis(['--appendonly', 'no']);
  const { url, namespace } = server;
  const redis = new Redis(url);
  const keys = protocolKeys(namespace);
  let revision = 0;
  const publish = async (
    kind: ControlKind,
    records: Array<{ id: string } & Record<string, unknown>>,
  ) => {
    const base = Number((await redis.get(keys.controlsRevision(kind))) ?? 0);
    revision = Math.max(revision + 1, base + 1);
    const { keys: names, args } = publicationArguments(keys, {
      kind,
      base,
      revision,
      removed: [],
      records: records.map((r): ControlRecord => ({ ...r, v: 1, revision })),
    });
    await redis.eval(PUBLISH_CONTROLS_LUA, names.length, ...names, ...args);
  };
  const startsAt = new Date(Date.now() - 1000).toISOString();
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  await publish(
    'rate-limits',
    Array.from({ length: OVERRIDES }, (_, i) => ({
      id: `o${i}`,
      startsAt,
      endsAt,
      limit: { kind: 'multiplier', factor: 2 + (i % 3) },
      subject: [
        { kind: 'tenant', tenant: `tenant-${i}` },
        { kind: 'ip', ip: `10.${i % 250}.${(i >> 8) % 250}.${i % 200}` },
        { kind: 'cidr', cidr: `172.${i % 250}.${(i >> 8) % 250}.0/24` },
      ][i % 3],
    })),
  );
  await publish('flags', [
    {
      id: 'flag',
      type: 'boolean',
      variants: { on: true, off: false },
      variant: 'on',
    },
  ]);
  await publish('maintenance', [
    {
      id: 'w',
      startsAt,
      endsAt,
      timezone: 'UTC',
      messages: {},
      mode: 'read-only',
      holdJobs: true,
      scope: { kind: 'tenant', tenant: 'tenant-1' },
    },
  ]);
  const controls = new Controls({ connection: url, namespace });
  await controls.ready;
  say(
    `Node ${process.version}, ${
      controls.state('rate-limits').records.size
    } overrides`,
  );

  const quota = { limit: 1_000_000, windowSeconds: 60 };
  const limiter = new RateLimiter({
    controls,
    connection: url,
    namespace,
    tenant: quota,
    address: quota,
  });
  // it announces itself as soon as it is connected; before that it counts in this process
  while (!(await redis.hexists(keys.limiters, limiter.name))) {
    await new Promise(resolve => setImmediate(resolve));
  }
  const bareClient = new Redis(url);
  const bare = new RateLimiterRedis({
    storeClient: bareClient,
    points: quota.limit,
    duration: quota.windowSeconds,
    keyPrefix: 'bare',
  });
  const tenants = Array.from({ length: 1_000 }, (_, i) => `tenant-${i * 5}`);
  const ips = Array.from({ length: 1_000 }, (_, i) => `192.0.${i % 256}.7`);
  const cpu = { ours: [] as number[], bare: [] as number[] };
  const counted = async (
    side: keyof typeof cpu,
    call: (i: number) => Promise<unknown>,
  ) => {
    const before = await cpuTime(redis);
    const perSecond = await rate(REQUESTS, 64, call);
    cpu[side].push(((await cpuTime(redis)) - before) / REQUESTS);
    return perSecond;
  };
  await sideBySide(
    'limiter against bare rate-limiter-flexible',
    () =>
      counted('ours', i =>
        limiter.consume({ tenant: tenants[i % 1_000], ip: ips[i % 1_000] }),
      ),
    () => counted('bare', i => bare.consume(tenants[i % 1_000])),
    0.95,
  );
  const [oursUs, bareUs] = [median(cpu.ours), median(cpu.bare)];
  say(
    `  processor time a request, process and Redis: ${oursUs.toFixed(
      1,
    )} µs against ${bareUs.toFixed(1)} µs, ratio ${(bareUs / oursUs).toFixed(
      3,
    )}`,
  );

  await OpenFeature.setProviderAndWait(
    'ours',
    new OperationsFlagProvider({ controls }),
  );
  await OpenFeature.setProviderAndWait(
    'memory',
    new InMemoryProvider({
      flag: {
        disabled: false,
        defaultVariant: 'on',
        variants: { on: true, off: false },
      },
    }),
  );
  const [ours, memory] = ['ours', 'memory'].map(d => OpenFeature.getClient(d));
  const context = { targetingKey: 'user' };
  const evaluate = (client: typeof ours) => () =>
    rate(20_000, 1, () => client.getBooleanValue('flag', false, context));
  await sideBySide(
    "flag evaluation against OpenFeature's InMemoryProvider",
    evaluate(ours),
    evaluate(memory),
    0.8,
  );

  const check = createMaintenanceCheck(new Maintenance(controls));
  const requests = Array.from({ length: 1_000 }, (_, i) => ({
    method: i % 2 ? 'POST' : 'GET',
    path: `/t/tenant-${i}/bookings?page=${i}`,
    tenant: `tenant-${i % 50}`,
  }));
  const perRequest = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    for (let i = 0; i < 1_000_000; i++) check(requests[i % 1_000]);
    return (performance.now() - begun) / 1_000;
  });
  say(
    `maintenance guard: ${median(perRequest).toFixed(
      3,
    )} µs a request (wanted ≤ 3)`,
  );

  const children = Array.from({ length: PROCESSES }, () =>
    fork(join(__dirname, 'controls/reader.ts'), [url, namespace]),
  );
  await Promise.all(children.map(child => messageFrom(child, () => true)));
  const delays: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const seen = Promise.all(
      children.map(child => messageFrom(child, message => message.value === i)),
    );
    const sent = monotonicMs();
    await publish('flags', [
      {
        id: 'flag',
        type: 'number',
        variants: { n: i },
        variant: 'n',
      },
    ]);
    for (const { at } of await seen) delays.push(at - sent);
  }
  delays.sort((a, b) => a - b);
  const p = (share: number) =>
    delays[Math.floor(share * delays.length)].toFixed(2);
  say(
    `propagation to ${PROCESSES} processes, ${CHANGES} changes: p50 ${p(
      0.5,
    )} ms, p99 ${p(0.99)} ms (wanted ≤ 250)`,
  );
  for (const child of children) child.disconnect();
  await OpenFeature.close();
  await limiter.close();
  await controls.close();
  redis.disconnect();
  bareClient.disconnect();
  await server.close();
}

startBench(main);
