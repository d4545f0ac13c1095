import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import knexFactory from 'knex';
import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';
import { createTestJobs } from '../../__testUtils__/jobs';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';
import type { SlotWitness } from '../schedule/witness';
import { createSqlWitness } from '../witness-sql';
import type { StartWorkerOptions } from './options';
import { startWorker } from './startWorker';

jest.setTimeout(60_000);

describe('[protocol.5] the claim of a guarded slot', () => {
  let server: PrivateTestRedis;
  let platform: TestPlatform;
  let executed: string[];

  beforeEach(async () => {
    server = await startPrivateRedis();
    platform = await createTestPlatform(server);
    executed = [];
  });
  afterEach(async () => {
    await platform.close();
    await server.close();
  });

  const work = (
    options: Pick<StartWorkerOptions, 'claimReplicas' | 'witness'>,
    startWithin: { milliseconds: number } = { milliseconds: 5_000 },
  ) =>
    platform.worker({
      ...options,
      jobs: [
        defineJob({
          name: 'ledger',
          schedule: { cron: '* * * * * *' },
          startWithin,
          manualRun: false,
          handler: async ctx => {
            executed.push(ctx.runId);
          },
        }),
      ],
    });

  /** The next slot is missed, and says why. */
  async function assertMissed(rule: string, sentence: string) {
    const from = new Date().toISOString();
    let started = 0;
    const missed = await platform.record(
      ({ at, state }) =>
        at > from &&
        // one or two may have been on their way
        (state === 'refused' || (state === 'succeeded' && (started += 1) > 2)),
    );
    expect(missed).toMatchObject({
      state: 'refused',
      trigger: 'schedule',
      refusal: { rule },
    });
    expect(missed.scheduledFor).toBeDefined();
    expect(missed.refusal!.message).toContain(sentence);
    expect(executed).not.toContain(missed.id);
    return missed;
  }

  async function assertRuns() {
    const from = new Date().toISOString();
    await platform.record(
      record => record.state === 'succeeded' && record.at > from,
    );
  }

  it('is held by as many replicas as are asked for, or its run does not begin', async () => {
    const replica = await startPrivateRedis([
      ...['--replicaof', '127.0.0.1', `${server.port}`],
    ]);
    try {
      await work({ claimReplicas: { count: 1, timeoutMs: 300 } });
      await assertRuns();
      replica.freeze();
      const missed = await assertMissed(
        'claim-replicas',
        'Within 300 ms 0 of 1 replicas of Redis held the claim of the slot',
      );
      replica.thaw();
      await assertRuns();
      // and not later either
      expect(executed).not.toContain(missed.id);
      expect(new Set(executed).size).toBe(executed.length);
    } finally {
      await replica.close();
    }
  });

  it('is refused where the number of replicas makes no sense, by the name of the field', () => {
    const start = (claimReplicas: { count: number; timeoutMs: number }) =>
      startWorker({ jobs: [], connection: server.url, claimReplicas });
    expect(() => start({ count: 0, timeoutMs: 100 })).toThrow(
      'claimReplicas.count: must be a whole number above 0, not 0',
    );
    expect(() => start({ count: 1, timeoutMs: 0 })).toThrow(
      'claimReplicas.timeoutMs: must be a whole number above 0, not 0',
    );
  });

  it('is confirmed by the witness, or its run does not begin', async () => {
    const knex = knexFactory({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
    });
    const sql = createSqlWitness({ knex });
    let away = false;
    const witness: SlotWitness = {
      claim: async claim => {
        if (away) throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
        return sql.claim(claim);
      },
    };
    await work({ witness });
    await assertRuns();
    away = true;
    await assertMissed(
      'claim-witness',
      'The witness of claims did not answer, so the run did not start: connect ECONNREFUSED 10.0.0.7:5432',
    );
    away = false;
    await assertRuns();
    await knex.destroy();
    await assertMissed('claim-witness', 'did not answer');
    expect(new Set(executed).size).toBe(executed.length);
  });

  it('is asked again of a witness whose answer was lost', async () => {
    const asked: string[] = [];
    const witness: SlotWitness = {
      claim: async ({ executionId }) => {
        asked.push(executionId);
        if (asked.length % 2 === 1) throw new Error('the answer was lost');
        return 'mine';
      },
    };
    await work({ witness });
    await assertRuns();
    expect(asked[0]).toBe(asked[1]);
    const records = await platform.records();
    expect(records.filter(record => record.state === 'refused')).toEqual([]);
  });

  it('is worth nothing where the witness answers when the slot may start no more', async () => {
    const witness: SlotWitness = {
      claim: async ({ slot }) => {
        await pause(slot + 500 - Date.now());
        return 'mine';
      },
    };
    await work({ witness }, { milliseconds: 400 });
    await assertMissed('late-slot', 'may start until');
    expect(executed).toEqual([]);
  });

  it('is not started where the witness has given it to another execution; the first one stays', async () => {
    await work({ witness: { claim: async () => 'taken' } });
    const refused = await platform.end();
    expect(refused.state).toBe('refused');
    expect(refused.id).toMatch(/^ledger\.\d+~again-\d+$/);
    expect(refused.refusal!.message).toContain('its slot was started before');
    expect(executed).toEqual([]);
  });

  it('is not taken again where BullMQ hands an ended job out once more: that ends as it did', async () => {
    await work({});
    const first = await platform.end();
    const queue = platform.queue('ledger');
    const jobId = `repeat:ledger:${Date.parse(first.scheduledFor!)}`;
    const stateOf = async () => (await queue.getJob(jobId))?.getState();
    const ended = async () => /completed|failed/.test(`${await stateOf()}`);
    await until(ended, { seen: stateOf });
    const { queuePrefix, redis } = platform;
    await redis
      .multi()
      .zrem(`${queuePrefix}:ledger:completed`, jobId)
      .hset(`${queuePrefix}:ledger:${jobId}`, { atm: 0, ats: 0, stc: 0 })
      .lpush(`${queuePrefix}:ledger:wait`, jobId)
      .exec();

    const again = await platform.record(({ id }) =>
      id.startsWith(`${first.id}~again-`),
    );
    expect(again.refusal!.message).toContain('its slot was started before');
    await until(ended, { seen: stateOf });
    expect(await stateOf()).toBe('completed');
    expect(executed.filter(id => id === first.id)).toHaveLength(1);
    // the portal may have lost the end with what Redis lost
    const ends = (await platform.records()).filter(
      ({ id, state }) => id === first.id && state === 'succeeded',
    );
    expect(ends).toHaveLength(2);
  });

  it('is not taken for an older slot that may still start, also where Redis has forgotten all claims', async () => {
    await work({});
    const first = await platform.end();
    const queue = platform.queue('ledger');
    const { keys, redis } = platform;
    // no other slot tells Redis of itself meanwhile
    await queue.removeJobScheduler('ledger');
    await until(async () => (await queue.getActiveCount()) === 0);
    const claims = await redis.keys(
      keys.slot('ledger', 0, '').replace(':0:', ':*:'),
    );
    await redis.del(keys.lastSlot('ledger'), ...claims);

    const older = Date.parse(first.scheduledFor!) - 1_000;
    await queue.add('ledger', {}, { jobId: `repeat:ledger:${older}` });
    const end = await platform.record(({ id }) =>
      id.startsWith(`ledger.${older}`),
    );
    expect(end.state).toBe('refused');
    expect(end.refusal!.message).toContain('is older than one that was');
    expect(executed).not.toContain(`ledger.${older}`);
  });

  it('of a worker that dies before the handler is called ends lost, and is never run again', async () => {
    const child = await platform.child({ TEST_DIES_AT_WITNESS: '1' });
    await once(child, 'exit');
    const [claim] = await platform.redis.keys(
      platform.keys.slot('only-scheduled', 0, '').replace(':0:', ':*:'),
    );
    const slot = Number(claim.split(':').at(-2));
    const runId = `only-scheduled.${slot}`;
    await platform.worker({
      jobs: createTestJobs(async text => {
        executed.push(text);
        return 2;
      }),
      lockDurationMs: 1_000,
      stalledIntervalMs: 1_000,
    });
    expect(await platform.end(runId)).toMatchObject({
      state: 'lost',
      trigger: 'schedule',
      attempt: 1,
    });
    await platform.record(
      record => record.state === 'succeeded' && record.job === 'only-scheduled',
    );
    expect(executed).not.toContain(runId);
    expect(await platform.executions()).toEqual([]);
  });
});
