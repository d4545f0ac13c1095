import { DateTime } from 'luxon';
import {
  getTestRedis,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { WORKER_TTL_MS } from '@craft-easy/backstage-plugin-operations-protocol';
import { queueOf } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { defineJob, type JobDeclaration } from '..';
import {
  createTestPlatform,
  type TestPlatform,
} from '../../__testUtils__/platform';

jest.setTimeout(90_000);

describe('workers of several versions', () => {
  let server: TestRedis;
  let platform: TestPlatform;
  /** Who executed what, by the version of the declaration. */
  let executed: Array<{
    version: string;
    slot: number | undefined;
    at: number;
  }>;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    executed = [];
  });
  afterEach(() => platform.close());
  afterAll(() => server.close());

  const job = (version: string, declared: Partial<JobDeclaration>) =>
    defineJob({
      name: 'ledger',
      handler: ctx => {
        executed.push({
          version,
          slot: ctx.scheduledFor?.getTime(),
          at: Date.now(),
        });
      },
      ...declared,
    });

  // on a busy machine a slot may start late; these tests are not about that
  const GUARDED = { manualRun: false, startWithin: { seconds: 30 } };
  const OLD = { ...GUARDED, schedule: { cron: '*/2 * * * * *' } };
  const NEW = {
    ...GUARDED,
    schedule: { cron: '1-59/2 * * * * *' },
    concurrency: 3,
    owner: 'group:default/finance',
  };

  async function inRedis() {
    const queue = platform.queue('ledger');
    const [registration, scheduler, concurrency] = await Promise.all([
      platform.redis.hget(platform.keys.registry, 'bullmq/ledger'),
      queue.getJobScheduler('ledger'),
      queue.getGlobalConcurrency(),
    ]);
    return {
      cron: JSON.parse(registration!).schedule?.cron,
      owner: JSON.parse(registration!).owner,
      pattern: scheduler?.pattern,
      concurrency,
    };
  }
  const inForce = (declared: typeof NEW) => ({
    cron: declared.schedule.cron,
    owner: declared.owner,
    pattern: declared.schedule.cron,
    concurrency: declared.concurrency,
  });
  const refusals = async () =>
    (await platform.records()).filter(({ state }) => state === 'refused');
  const executedBy = (version: string) =>
    executed.filter(run => run.version === version);

  it('[protocol.7] in a rolling deploy of three, the newest declaration holds and stays, and no slot of the schedule is refused', async () => {
    const newest = {
      ...NEW,
      schedule: { cron: '* * * * * *' },
      concurrency: 5,
    };
    const first = await platform.worker({ jobs: [job('1', OLD)] });
    await until(() => executedBy('1').length > 0);
    const second = await platform.worker({ jobs: [job('2', NEW)] });
    expect(await inRedis()).toEqual(inForce(NEW));
    // somebody lost the registry: whichever worker notices first must not bring back the old one
    await platform.redis.hdel(platform.keys.registry, 'bullmq/ledger');
    await until(
      async () =>
        (await platform.redis.hlen(platform.keys.registry)) === 1 &&
        executedBy('2').length > 1,
    );
    expect(await inRedis()).toEqual(inForce(NEW));
    await first.close();

    await platform.worker({ jobs: [job('3', newest)] });
    const oldOnes = executedBy('1').length + executedBy('2').length;
    for (let i = 0; i < 70; i++) {
      expect(await inRedis()).toEqual(inForce(newest));
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    // one that was being taken when the third came
    expect(executedBy('1').length + executedBy('2').length).toBeLessThanOrEqual(
      oldOnes + 1,
    );
    await second.close();
    // BullMQ makes the next slot's job when it hands one out: where a busy machine lets it begin
    // after the next slot, that one is left out
    const runs = executedBy('3');
    expect(runs.length).toBeGreaterThan(3);
    const leftOut = runs
      .slice(1)
      .filter(
        ({ slot }, i) =>
          slot! >
          Math.max(runs[i].slot!, Math.floor(runs[i].at / 1_000) * 1_000) +
            1_000,
      );
    expect(leftOut).toEqual([]);
    expect(await refusals()).toEqual([]);
  });

  it('[protocol.7] holds where Redis comes back older than the newest declaration', async () => {
    await platform.worker({ id: 'old', jobs: [job('1', OLD)] });
    await platform.worker({ id: 'new', jobs: [job('2', NEW)] });
    const { keys, redis } = platform;
    await until(async () =>
      /newer declaration/.test((await redis.get(keys.worker('old')))!),
    );
    const newest = async () =>
      (await redis.hkeys(keys.declarations)).length === 2;
    expect(await newest()).toBe(true);
    const all = await redis.hgetall(keys.declarations);
    const [lost] = Object.entries(all)
      .filter(([, text]) => JSON.parse(text).registration.owner === NEW.owner)
      .map(([id]) => id);
    await redis.hdel(keys.declarations, lost);

    await until(newest);
    expect(await inRedis()).toEqual(inForce(NEW));
  });

  it('[protocol.7] forgets a declaration in the end whose workers were closed', async () => {
    const worker = await platform.worker({ jobs: [job('1', OLD)] });
    const { keys, redis } = platform;
    const [id] = await redis.hkeys(keys.declarations);
    await worker.close();
    const seenAt = Number(await redis.zscore(keys.declarationsSeen, id));
    expect(seenAt).toBeLessThanOrEqual(Date.now() - WORKER_TTL_MS);
    expect(seenAt).toBeGreaterThan(Date.now() - 60_000);

    await redis.zadd(keys.declarationsSeen, Date.now() - 31 * 86_400_000, id);
    await platform.worker({ jobs: [job('2', NEW)] });
    expect(await redis.hexists(keys.declarations, id)).toBe(0);
  });

  it('[protocol.7] a declared version counts before the first announcement', async () => {
    await platform.worker({ jobs: [job('1.10', NEW)], version: '1.10' });
    await platform.worker({ jobs: [job('1.9', OLD)], version: '1.9' });
    expect(await inRedis()).toEqual(inForce(NEW));
    await until(() => executedBy('1.10').length > 2);
    expect(executedBy('1.9')).toEqual([]);
    expect(await refusals()).toEqual([]);
  });

  it('[protocol.7] the older one takes over as soon as nobody has the newer one any more', async () => {
    const old = await platform.worker({ jobs: [job('1', OLD)] });
    const newer = await platform.worker({ jobs: [job('2', NEW)] });
    await until(() => executedBy('2').length > 0);
    await newer.close();
    // with the next slot that is to be the older one's, at the latest
    await until(async () => (await inRedis()).pattern === OLD.schedule.cron);
    expect(executedBy('2').length).toBeLessThan(10);
    const before = executedBy('1').length;
    await until(() => executedBy('1').length > before);
    expect(await inRedis()).toMatchObject({
      cron: OLD.schedule.cron,
      concurrency: 1,
    });
    await old.close();
    expect(await refusals()).toEqual([]);
  });

  /**
   * Leaves two of three tenants' runs of a slot to a worker of another declaration, which comes
   * while the first run is executed.
   */
  async function changeDuringFanOut(newer: Partial<JobDeclaration>) {
    const soon = DateTime.utc().plus({ seconds: 5 }).startOf('second');
    const cron = `${soon.second} ${soon.minute} ${soon.hour} * * *`;
    const older = { manualRun: false, tenantScoped: true, schedule: { cron } };
    const tenants = ['acme', 'globex', 'initech'];
    let release!: () => void;
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    const handler: JobDeclaration['handler'] = ctx => {
      executed.push({
        version: '1',
        slot: ctx.scheduledFor?.getTime(),
        at: Date.now(),
      });
      return released;
    };
    await platform.worker({
      id: 'older',
      jobs: [job('1', { ...older, handler })],
      tenants,
    });
    await until(() => executed.length === 1);
    await platform.worker({
      jobs: [job('2', { ...older, ...newer })],
      tenants,
    });
    await until(async () => {
      const record = await platform.redis.get(platform.keys.worker('older'));
      return JSON.parse(record!).heldBecause !== undefined;
    });
    release();
    return soon;
  }

  it("[protocol.7] tenants' runs that an older one has dispatched are the newer one's, where its schedule has their slot", async () => {
    const slot = await changeDuringFanOut({ owner: 'group:default/finance' });
    await until(() => executedBy('2').length === 2);
    expect(executed.map(run => run.slot)).toEqual(
      Array(3).fill(slot.toMillis()),
    );
    expect(await refusals()).toEqual([]);
  });

  it("[protocol.7] tenants' runs that an older one has dispatched are missed, and say so, where the newer one's schedule has no such slot", async () => {
    const slot = await changeDuringFanOut({ schedule: { cron: '0 0 1 1 *' } });
    await until(async () => (await refusals()).length === 2);
    for (const missed of await refusals()) {
      expect(missed).toMatchObject({
        trigger: 'schedule',
        scheduledFor: slot.toISO(),
        refusal: { rule: 'late-slot' },
      });
      expect(missed.refusal!.message).toContain(
        'was dispatched by another declaration of the job',
      );
    }
    expect(executedBy('2')).toEqual([]);
  });

  it('[protocol.7] a slot of an older one that is still on the queue is left out', async () => {
    const old = await platform.worker({ jobs: [job('1', OLD)] });
    await until(() => executedBy('1').length > 0);
    await old.close();
    await platform.worker({ jobs: [job('2', NEW)] });
    const queue = platform.queue('ledger');
    // an even second, which the newer one's schedule does not have
    const slot = Math.floor(Date.now() / 2_000) * 2_000;
    const jobId = `repeat:ledger:${slot}`;
    await (await queue.getJob(jobId))?.remove();
    await queue.add('ledger', {}, { jobId });
    await until(async () => {
      const state = await (await queue.getJob(jobId))?.getState();
      return state === 'completed';
    });
    expect(executedBy('2').map(run => run.slot)).not.toContain(slot);
    expect(await refusals()).toEqual([]);
  });

  it('[protocol.7] the job is guarded while any live worker says that it is', async () => {
    const far = { schedule: { cron: '0 0 1 1 *' } };
    const guarding = await platform.worker({
      jobs: [job('1', { ...far, manualRun: false })],
    });
    await platform.worker({ jobs: [job('2', far)] });
    const queue = platform.queue('ledger');
    const byHand = async (runId: string) => {
      const request = { v: 1, runId, trigger: 'manual' };
      await queue.add('ledger', request, { jobId: runId });
      return platform.end(runId);
    };
    const refused = await byHand('by-hand-1');
    expect(refused).toMatchObject({
      state: 'refused',
      refusal: { rule: 'manual-run' },
    });
    await guarding.close();
    let tries = 1;
    await until(async () => {
      tries += 1;
      return (await byHand(`by-hand-${tries}`)).state === 'succeeded';
    });
  });

  it('[protocol.7] a slot of a declaration that came and went between two looks is left out, whatever the job is called', async () => {
    const name = 'app.ledger';
    await platform.worker({
      jobs: [defineJob({ name, ...OLD, handler() {} })],
    });
    const queue = platform.queue(queueOf(name));
    await queue.upsertJobScheduler(
      queue.name,
      { pattern: NEW.schedule.cron, tz: 'UTC' },
      { name, data: { v: 1, trigger: 'schedule' } },
    );
    await until(() => platform.said.some(text => text.includes('left out')));
    expect((await queue.getJobScheduler(queue.name))?.pattern).toBe(
      OLD.schedule.cron,
    );
    expect(await refusals()).toEqual([]);
  });
});
