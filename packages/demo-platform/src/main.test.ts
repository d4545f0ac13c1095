import { randomUUID } from 'node:crypto';
import {
  runRecordSchema,
  workerRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  type RunRecord,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { createJobClient } from '@craft-easy/operations-sdk/jobs';
import type IORedis from 'ioredis';
import { startPart, type RunningPart } from './__testUtils__/process';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';

jest.setTimeout(120_000);

describe('the demo platform as a whole', () => {
  let server: PrivateTestRedis;
  let redis: IORedis;
  let platform: RunningPart;
  const namespace = `demo-${randomUUID().slice(0, 8)}`;
  const keys = protocolKeys(namespace);

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = server.client();
    platform = startPart(require.resolve('./main'), {
      REDIS_URL: server.url,
      OPERATIONS_NAMESPACE: namespace,
      OIDC_PORT: '',
      PLATFORM_REPORT_TOKEN: '',
      PLATFORM_CHECKIN_TOKEN: '',
    });
    await platform.says(/^demo platform ready$/m);
  });
  afterAll(async () => {
    await platform.stop();
    await server.close();
  });

  async function end(runId: string): Promise<RunRecord> {
    const reader = server.client();
    let after = '0';
    for (;;) {
      const read = await reader.xread('BLOCK', 0, 'STREAMS', keys.runs, after);
      for (const [id, [, json]] of read![0][1]) {
        after = id;
        const record = runRecordSchema.parse(JSON.parse(json));
        if (record.id === runId && record.endedAt) {
          return record;
        }
      }
    }
  }

  async function workers() {
    const ids = await redis.zrange(keys.workers, 0, -1);
    const records = await redis.mget(ids.map(id => keys.worker(id)));
    return records
      .filter(json => json !== null)
      .map(json => workerRecordSchema.parse(JSON.parse(json!)))
      .filter(worker => worker.jobs.includes('bullmq/daily-mrr-rollup'));
  }

  it('works on its jobs in two processes', async () => {
    const found = await workers();
    expect(new Set(found.map(worker => worker.pid)).size).toBe(2);
    expect(found.map(worker => worker.pid)).not.toContain(process.pid);
    expect(await redis.hlen(keys.registry)).toBeGreaterThanOrEqual(19);
  });

  it('sends the reminders in earnest when the job is run again', async () => {
    const [, mailUrl] = await platform.says(/mail provider on (\S+)/);
    const messages = async () =>
      (await fetch(`${mailUrl}/v1/messages`)).json() as Promise<{
        sent: number;
      }>;
    // the run that the demo was given as its past has sent some, perhaps in the week before
    const before = await messages();
    const client = createJobClient({ connection: server.url, namespace });
    const { runId } = await client.enqueue('weekly-license-renewal-reminder');
    await client.close();
    const run = await end(runId);
    expect(run).toMatchObject({ state: 'succeeded', trigger: 'api' });
    const { sent, alreadySent } = run.result as Record<string, number>;
    expect(sent).toBeGreaterThan(0);
    expect((await messages()).sent - before.sent).toBe(sent);
    expect(alreadySent).toBeLessThanOrEqual(before.sent);
  });

  it('starts a worker again that was killed', async () => {
    const [victim] = await workers();
    process.kill(victim.pid!, 'SIGKILL');
    await platform.says(/worker-\d\] ended \(SIGKILL\), starting it again/);
    const again = /starting it again[^]*worker (\S+) ready/;
    const [, successor] = await platform.says(again);
    expect(successor).not.toBe(victim.id);
  });

  it('stops soon, and leaves no live worker behind', async () => {
    expect(await platform.stop()).toBe(0);
    // the killed one's record lapses by itself
    const left = (await workers()).filter(({ pid }) => isAlive(pid!));
    expect(left).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
