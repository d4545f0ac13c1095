import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import bullmqModule from '@craft-easy/backstage-plugin-operations-backend-module-bullmq';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  jobEngineExtensionPoint,
  type JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  until,
  aRegistration,
  startTestCluster,
  type TestCluster,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  clusterTagOf,
  hashSlot,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createJobClient,
  defineJob,
  startWorker,
} from '@craft-easy/operations-sdk/jobs';
import { FakeRecorder, FakeRegistry } from './__testUtils__/fakes';
import { createPlatform } from './createPlatform';
import { createProtocolEngine } from './protocolEngine/protocolEngine';

jest.setTimeout(240_000);

const GUIDE = readFileSync(
  join(__dirname, '../../../../docs/operations.md'),
  'utf8',
);
/** Servers die, and thousands of runs end, on a machine that may be busy. */
const settled: typeof until = (isSo, options) =>
  until(isSo, { withinMs: 120_000, ...options });

const RUNS = 2000;
const JOBS = 40;

const TIMINGS = {
  lookEveryMs: 200,
  leaseMs: 3_000,
  settleMs: 1_000,
  lostAfterMs: {
    'worker-gone': 10_000,
    'worker-forgot': 10_000,
    'engine-forgot': 10_000,
    'engine-ended': 10_000,
  },
};

describe('on a Redis Cluster', () => {
  let cluster: TestCluster;
  /** What keys and queues begin with, where they are not spread. */
  let corner: { namespace?: string; queuePrefix?: string } = {};
  const ends: Array<() => Promise<unknown>> = [];

  afterEach(async () => {
    await endAll();
    await cluster.close();
    corner = {};
  });

  async function endAll() {
    for (const end of ends.splice(0).reverse()) await end();
  }

  const names = Array.from({ length: JOBS }, (_, i) => `job-${i}`);

  const settings = () => ({
    redis: { ...corner, cluster: cluster.nodes, commandTimeoutMs: 5000 },
  });

  function connect() {
    const redis = createOperationsRedis(
      readRedisOptions(new ConfigReader({ operations: settings() })),
      { warn: () => {} },
    );
    ends.push(async () => redis.close());
    return redis;
  }

  /** The portal's side, with what it has recorded. */
  async function startSide() {
    const operations = settings();
    let engine: JobEngine | undefined;
    const backend = await startTestBackend({
      extensionPoints: [
        [
          jobEngineExtensionPoint,
          { addJobEngine: (added: JobEngine) => (engine = added) },
        ],
      ],
      features: [
        bullmqModule,
        mockServices.rootConfig.factory({ data: { operations } }),
      ],
    });
    ends.push(() => backend.stop());
    const redis = connect();
    const recorder = new FakeRecorder();
    const platform = createPlatform({
      redis,
      recorder,
      registry: new FakeRegistry(recorder),
      engines: [engine!],
      timings: TIMINGS,
      logger: mockServices.logger.mock(),
      onApplied: () => {},
      onChanged: () => {},
    });
    platform.start();
    ends.push(() => platform.stop());
    await settled(() => platform.health.available);
    return recorder;
  }

  /** A worker of all jobs that counts how often each run was executed. */
  async function startJobs() {
    const executed = new Map<string, number>();
    const worker = startWorker({
      ...corner,
      connection: cluster.client,
      jobs: names.map(name =>
        defineJob({
          name,
          concurrency: 2,
          handler: async ({ runId }) => {
            executed.set(runId, (executed.get(runId) ?? 0) + 1);
          },
        }),
      ),
      logger: { info() {}, warn() {}, error() {} },
      lockDurationMs: 4_000,
      stalledIntervalMs: 2_000,
    });
    ends.push(() => worker.close({ force: true, graceMs: 1_000 }));
    await worker.ready;
    return executed;
  }

  /** Queues all runs, again where the cluster could not take one; calls out on the way. */
  async function queueRuns(
    onQueued: (count: number) => void = () => {},
    { count = RUNS, prefix = 'batch' } = {},
  ) {
    const client = createJobClient({
      ...corner,
      connection: cluster.client,
      logger: { info() {}, warn() {}, error() {} },
    });
    ends.push(() => client.close());
    const ids = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    let queued = 0;
    const queueOne = async (runId: string, job: string) => {
      for (;;) {
        try {
          await client.enqueue(job, { runId });
          break;
        } catch {
          await new Promise(resolve => setTimeout(resolve, 100));
        }
      }
      queued += 1;
      onQueued(queued);
    };
    for (let i = 0; i < count; i += 20) {
      await Promise.all(
        ids
          .slice(i, i + 20)
          .map((id, n) => queueOne(id, names[(i + n) % JOBS])),
      );
    }
    return ids;
  }

  it('[protocol.8] each of 2,000 runs ends, or is shown lost, though a primary dies and a slot moves', async () => {
    cluster = await startTestCluster(3, 1);
    const keys = protocolKeys('operations', { cluster: true });
    const recorder = await startSide();
    const executed = await startJobs();

    const changes: Array<Promise<unknown>> = [];
    const ids = await queueRuns(count => {
      // a slot with queues, and a primary with other ones
      if (count === RUNS / 4) {
        changes.push(cluster.moveSlot(hashSlot(clusterTagOf(names[0]))));
      }
      if (count === RUNS / 2) {
        changes.push(cluster.failOver(hashSlot(keys.runsOf(names[1]))));
      }
    });
    expect(changes).toHaveLength(2);
    await Promise.all(changes);

    const open = () => ids.filter(id => !recorder.runs.get(id)?.endedAt);
    await settled(() => open().length === 0);

    const states = ids.map(id => recorder.runs.get(id)!.state);
    const lost = states.filter(state => state === 'lost').length;
    expect(states.filter(state => state === 'succeeded')).toHaveLength(
      RUNS - lost,
    );
    expect(lost).toBeLessThan(RUNS / 20);
    for (const id of ids) {
      const { attempt, state } = recorder.runs.get(id)!;
      if (state === 'lost') continue;
      // it ended once; what was executed again is shown as another attempt
      expect(recorder.ended.get(id)).toBeLessThanOrEqual(attempt);
      expect(executed.get(id)).toBeLessThanOrEqual(attempt);
    }
  });

  it('[protocol.8] the runs of six primaries are recorded from all streams, each once', async () => {
    cluster = await startTestCluster(6);
    const recorder = await startSide();
    const executed = await startJobs();
    const ids = await queueRuns();
    await settled(() => ids.every(id => recorder.runs.get(id)?.endedAt));
    expect(ids.every(id => executed.get(id) === 1)).toBe(true);
    expect(ids.every(id => recorder.ended.get(id) === 1)).toBe(true);
    const { runStreams } = protocolKeys('operations', { cluster: true });
    const used = await Promise.all(
      runStreams.map(key => cluster.client.exists(key)),
    );
    expect(used.filter(Boolean).length).toBeGreaterThan(8);
  });

  it("[protocol.8] requests of the protocol's own engine are queued, measured, found and taken back, wherever their job is", async () => {
    cluster = await startTestCluster(3);
    const engine = createProtocolEngine(connect());
    const jobs = names.map(name => aRegistration({ engine: 'protocol', name }));
    for (const job of jobs) {
      const run = { v: 1, runId: `run-${job.name}` } as const;
      await engine.enqueue(job, run);
      await engine.enqueue(job, run);
      expect(await engine.locate(job, run)).toBe('queued');
    }
    const depths = await engine.getQueues(jobs);
    expect(depths.map(({ waiting }) => waiting)).toEqual(names.map(() => 1));
    for (const job of jobs) {
      const run = { runId: `run-${job.name}` };
      expect(await engine.removeQueued(job, run)).toBe('removed');
      expect(await engine.locate(job, run)).toBe('unknown');
    }
  });

  it('[protocol.8] an installation in one slot is spread by the way that docs/operations.md tells', async () => {
    const [, stream] = /`XINFO GROUPS '([^']+)'`/.exec(GUIDE)!;
    const [, ...patterns] = /under the old names: `([^`]+)` and `([^`]+)`/.exec(
      GUIDE,
    )!;
    cluster = await startTestCluster(3);
    const primaries = cluster.client.nodes('master');
    const keysOf = (pattern: string) =>
      Promise.all(primaries.map(primary => primary.keys(pattern)));

    corner = { namespace: '{operations}', queuePrefix: '{bull}' };
    const before = await startSide();
    await startJobs();
    const ids = await queueRuns(undefined, { count: JOBS });
    await settled(() => ids.every(id => before.runs.get(id)?.endedAt));
    await settled(async () => {
      const [group] = (await cluster.client.xinfo(
        'GROUPS',
        stream,
      )) as unknown[][];
      const of = (name: string) => group[group.indexOf(name) + 1];
      return of('lag') === 0 && of('pending') === 0;
    });
    await endAll();

    corner = {};
    const after = await startSide();
    await startJobs();
    const more = await queueRuns(undefined, { count: JOBS, prefix: 'spread' });
    await settled(() => more.every(id => after.runs.get(id)?.endedAt));
    for (const pattern of patterns) {
      const old = (await keysOf(pattern)).flat();
      expect(old.length).toBeGreaterThan(0);
      for (const key of old) await cluster.client.del(key);
    }
    const last = await queueRuns(undefined, { count: JOBS, prefix: 'last' });
    await settled(() => last.every(id => after.runs.get(id)?.endedAt));
    const left = await keysOf('*');
    expect(left.every(keys => keys.length > 0)).toBe(true);
    expect(left.flat().filter(key => /^.(operations|bull)}/.test(key))).toEqual(
      [],
    );
    expect([...after.runs.values()].map(({ state }) => state)).toEqual(
      [...more, ...last].map(() => 'succeeded'),
    );
  });
});
