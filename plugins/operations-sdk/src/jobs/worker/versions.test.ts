import {
  getTestRedis,
  type TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
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
  let executed: Array<{ version: string; slot: number | undefined }>;

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
        executed.push({ version, slot: ctx.scheduledFor?.getTime() });
      },
      ...declared,
    });

  const OLD = { schedule: { cron: '*/2 * * * * *' }, manualRun: false };
  const NEW = {
    schedule: { cron: '1-59/2 * * * * *' },
    manualRun: false,
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
    const slots = executedBy('3').map(run => run.slot!);
    expect(slots.slice(1).map((slot, i) => slot - slots[i])).toEqual(
      Array(slots.length - 1).fill(1_000),
    );
    expect(await refusals()).toEqual([]);
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

/** Asks until it is so; the test's own time-out ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
