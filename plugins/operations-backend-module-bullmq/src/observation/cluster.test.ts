import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { Queue } from 'bullmq';
import {
  createOperationsRedis,
  readRedisOptions,
} from '@craft-easy/backstage-plugin-operations-node/internal';
import {
  aRegistration,
  startTestCluster,
  type TestCluster,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  protocolKeys,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { createBullmqEngine } from '../engine/bullmqEngine';
import { readObservedQueues } from './settings';

jest.setTimeout(120_000);

describe.each([3, 6])('on a Redis Cluster of %i primaries', primaries => {
  let cluster: TestCluster;
  const ends: Array<() => Promise<unknown>> = [];

  beforeAll(async () => {
    cluster = await startTestCluster(primaries);
  });
  afterAll(async () => {
    for (const end of ends) await end();
    await cluster?.close();
  });

  function startEngine(observedQueues: object[] = []) {
    const config = new ConfigReader({
      operations: {
        redis: { cluster: cluster.nodes, commandTimeoutMs: 30_000 },
        jobs: { observedQueues },
      },
    });
    const redis = createOperationsRedis(readRedisOptions(config), {
      warn: () => {},
    });
    const engine = createBullmqEngine({
      redis,
      logger: mockServices.logger.mock(),
      observed: readObservedQueues(config),
      timings: { eventsEveryMs: 20, reconcileEveryMs: 50 },
    });
    ends.push(async () => {
      engine.close();
      redis.close();
    });
    return engine;
  }

  it('[protocol.8] the queues of a thousand jobs are within 20 % of evenly spread, and each is measured', async () => {
    const engine = startEngine();
    const jobs = Array.from({ length: 1000 }, (_, i) =>
      aRegistration({ engine: 'bullmq', name: `job-${i}` }),
    );
    for (let i = 0; i < jobs.length; i += 50) {
      await Promise.all(
        jobs
          .slice(i, i + 50)
          .map(job => engine.enqueue(job, { v: 1, runId: `run.${job.name}` })),
      );
    }

    const sizes = await Promise.all(
      cluster.client.nodes('master').map(node => node.dbsize()),
    );
    expect(sizes).toHaveLength(primaries);
    const even = sizes.reduce((a, b) => a + b) / primaries;
    expect(even * primaries).toBeGreaterThan(4000);
    expect(Math.max(...sizes)).toBeLessThan(1.2 * even);
    expect(Math.min(...sizes)).toBeGreaterThan(0.8 * even);

    const states = await engine.getQueues(jobs);
    expect(states).toHaveLength(1000);
    expect(states.every(({ waiting }) => waiting === 1)).toBe(true);
    expect(await engine.locate(jobs[7], { runId: `run.${jobs[7].name}` })).toBe(
      'queued',
    );
    expect(
      await engine.removeQueued(jobs[7], { runId: `run.${jobs[7].name}` }),
    ).toBe('removed');
    const { requested } = protocolKeys('operations', { cluster: true });
    expect(
      await cluster.client.exists(requested(jobs[7].name, 'run.job-7')),
    ).toBe(1);
  });

  it('[protocol.8] queues with braces of their own are found by pattern, with their depths', async () => {
    const queues = ['{emails}', '{billing}'].map(
      name => new Queue(name, { connection: cluster.connect() }),
    );
    ends.push(() => Promise.all(queues.map(queue => queue.close())));
    for (const queue of queues) {
      await queue.waitUntilReady();
      await queue.add('one', { tenant: 'acme' });
      await queue.add('two', {});
    }

    const engine = startEngine([{ queue: '{*}' }]);
    const stopping = new AbortController();
    const jobs = new Map<string, Parameters<typeof engine.locate>[0]>();
    const runs: RunRecordInput[] = [];
    const seen = new Promise<void>(resolve => {
      const done = engine.observe!(
        {
          async onJobs(refs) {
            refs.forEach(ref => jobs.set(ref.name, ref));
          },
          findRuns: async () => [],
          async onRuns(records) {
            runs.push(...records);
            if (jobs.size === 2 && runs.length >= 4) resolve();
          },
        },
        stopping.signal,
      );
      ends.unshift(async () => {
        stopping.abort();
        await done;
      });
    });
    await seen;

    const emails = jobs.get('emails')!;
    const billing = jobs.get('billing')!;
    const depths = await engine.getQueues([emails, billing]);
    expect(depths).toMatchObject([
      { queue: '{emails}', waiting: 2, active: 0 },
      { queue: '{billing}', waiting: 2, active: 0 },
    ]);
    expect(depths.every(({ oldestWaitMs }) => oldestWaitMs! >= 0)).toBe(true);
  });
});
