import {
  startTestCluster,
  type TestCluster,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { hashSlot } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(120_000);

describe('[protocol.8] guarded jobs on a Redis Cluster', () => {
  let cluster: TestCluster;
  let platform: TestPlatform;
  let executed: string[];

  beforeAll(async () => {
    cluster = await startTestCluster(3, 1);
    platform = await createTestPlatform(cluster);
    executed = [];
  });
  afterAll(async () => {
    await platform.close();
    await cluster.close();
  });

  const slotOf = (job: string) => hashSlot(platform.keys.lastSlot(job));
  /** Which of the three primaries had a job in the beginning. */
  const primaryOf = (job: string) => Math.floor((3 * slotOf(job)) / 16_384);
  const jobOn = (primary: number) =>
    Array.from({ length: 100 }, (_, i) => `job-${i}`).find(
      name => primaryOf(name) === primary,
    )!;

  const start = (names: string[]) =>
    platform.worker({
      claimReplicas: { count: 1, timeoutMs: 2_000 },
      lockDurationMs: 2_000,
      stalledIntervalMs: 1_000,
      jobs: names.map(name =>
        defineJob({
          name,
          schedule: { cron: '* * * * * *' },
          startWithin: { seconds: 10 },
          manualRun: false,
          handler: async ({ runId }) => {
            executed.push(runId);
          },
        }),
      ),
    });

  async function nextRun(job: string) {
    const from = new Date().toISOString();
    return platform.record(
      record =>
        record.job === job && record.state === 'succeeded' && record.at > from,
    );
  }

  it('have their claims held by the replicas of their own primary, also where a slot was moved and a primary died', async () => {
    const [moved, stays] = [jobOn(1), jobOn(0)];
    await start([moved, stays]);
    await Promise.all([nextRun(moved), nextRun(stays)]);

    await cluster.moveSlot(slotOf(moved), cluster.nodes[2].port);
    for (let i = 0; i < 3; i++) await nextRun(moved);
    const records = await platform.records();
    expect(records.filter(({ state }) => state === 'refused')).toEqual([]);

    await cluster.failOver(slotOf(moved));
    // what was a replica is the primary, and has none
    const missed = await platform.record({ job: moved, state: 'refused' });
    expect(missed.refusal).toMatchObject({
      rule: 'claim-replicas',
      message: expect.stringContaining('0 of 1 replicas of Redis'),
    });
    expect(executed).not.toContain(missed.id);
    await nextRun(stays);
    expect(new Set(executed).size).toBe(executed.length);
  });
});
