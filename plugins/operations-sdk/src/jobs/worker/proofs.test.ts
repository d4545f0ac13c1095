import type { Queue } from 'bullmq';
import {
  createTestPlatform,
  runOf,
  type TestPlatform,
} from '../../__testUtils__/platform';
import {
  getTestRedis,
  startTestCluster,
  type TestCluster,
  type TestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { defineJob } from '../declare/defineJob';

jest.setTimeout(60_000);

const HOUR = 3_600_000;
/** The slot that all tests use is so far away when its worker starts. */
const SOON_MS = 1_500;

interface Stage {
  platform: TestPlatform;
  queue: Queue;
  /** The slot that was executed, and is due until an hour later. */
  slot: number;
}
type Attack = (stage: Stage) => Promise<void>;

/** Puts a job on the queue, in place of one that is there. */
async function put({ queue }: Stage, jobId: string, data: object = {}) {
  // a worker that is looking at it just now has it locked
  await until(async () => !(await (await queue.getJob(jobId))?.isActive()));
  await (await queue.getJob(jobId))?.remove();
  await queue.add('ledger', data, { jobId });
}

/** Puts a tenant's run of a slot on the queue, as a dispatch would. */
async function putRun(stage: Stage, slot: number, tenant: string) {
  const runId = `ledger.${slot}.${tenant}`;
  const request = { v: 1, runId, trigger: 'schedule', tenant, slot };
  await put(stage, runId, request);
}

/** Makes Redis forget that a slot was claimed, by anybody. */
async function eraseClaims({ platform: { redis, keys } }: Stage, slot: number) {
  await redis.del(
    keys.lastSlot('ledger'),
    keys.slot('ledger', slot, ''),
    keys.slot('ledger', slot, 'acme'),
    keys.slot('ledger', slot, 'globex'),
    keys.grants('ledger', slot),
  );
}

/** Makes Redis say that a slot is the newest one, and was dispatched to tenants. */
async function forgeDispatch(stage: Stage, slot: number, tenants: string[]) {
  const { redis, keys } = stage.platform;
  await redis.set(keys.lastSlot('ledger'), slot);
  await redis.set(keys.slot('ledger', slot, ''), `ledger.${slot} forged`);
  await redis.sadd(keys.grants('ledger', slot), ...tenants);
}

const scheduler = ({ platform }: Stage) =>
  `${platform.prefixOf('ledger')}:ledger:repeat:ledger`;

const ATTACKS: Record<string, Attack> = {
  'the newest slot is forgotten, and put on the queue again': async stage => {
    await eraseClaims(stage, stage.slot);
    await put(stage, `repeat:ledger:${stage.slot}`);
  },
  'the newest slot is forgotten and lowered, and put on the queue again':
    async stage => {
      await eraseClaims(stage, stage.slot);
      const { redis, keys } = stage.platform;
      await redis.set(keys.lastSlot('ledger'), stage.slot - 5 * HOUR);
      await put(stage, `repeat:ledger:${stage.slot}`);
    },
  'the newest slot is forgotten, and an older one put on the queue':
    async stage => {
      await eraseClaims(stage, stage.slot);
      await put(stage, `repeat:ledger:${stage.slot - HOUR}`);
    },
  'the newest slot is lowered, and an older one put on the queue':
    async stage => {
      const { redis, keys } = stage.platform;
      await redis.set(keys.lastSlot('ledger'), stage.slot - 5 * HOUR);
      await put(stage, `repeat:ledger:${stage.slot - HOUR}`);
    },
  'an older slot is claimed in its own name': async stage => {
    await forgeDispatch(stage, stage.slot - HOUR, ['acme']);
    await put(stage, `repeat:ledger:${stage.slot - HOUR}`);
  },
  'the slot is spelled with leading zeros': async stage => {
    await eraseClaims(stage, stage.slot);
    await put(stage, `repeat:ledger:00${stage.slot}`);
  },
  'the offset of the scheduler is shifted': async stage => {
    const now = Date.now();
    await stage.platform.redis.hset(scheduler(stage), 'offset', now % HOUR);
    await put(stage, `repeat:ledger:${now}`);
  },
  'the interval of the scheduler is shortened': async stage => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    await stage.platform.redis.hset(
      scheduler(stage),
      ...['every', '1000', 'offset', '0'],
    );
    await put(stage, `repeat:ledger:${now}`);
  },
  'the scheduler gets a pattern': async stage => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    await stage.platform.redis.hset(
      scheduler(stage),
      ...['pattern', '* * * * * *', 'tz', 'UTC'],
    );
    await put(stage, `repeat:ledger:${now}`);
  },
  'the next slot is put on the queue early': stage =>
    stage.queue
      .getJob(`repeat:ledger:${stage.slot + HOUR}`)
      .then(job => job!.promote()),
  'the ended job is retried, and its counters are set back': async stage => {
    const id = `repeat:ledger:${stage.slot}`;
    const { redis, prefixOf } = stage.platform;
    const queue = `${prefixOf('ledger')}:ledger`;
    const job = `${queue}:${id}`;
    await eraseClaims(stage, stage.slot);
    await redis.hset(job, 'atm', '0', 'ats', '0', 'stc', '0');
    await redis.zrem(`${queue}:completed`, id);
    await redis.lpush(`${queue}:wait`, id);
  },
  'a grant is added by hand, for no slot': async stage => {
    const { redis, keys } = stage.platform;
    const slot = stage.slot - 1234;
    await redis.sadd(keys.grants('ledger', slot), 'acme');
    await putRun(stage, slot, 'acme');
  },
  'a grant is added by hand, for the newest slot': async stage => {
    const { redis, keys } = stage.platform;
    await redis.sadd(keys.grants('ledger', stage.slot), 'acme');
    await putRun(stage, stage.slot, 'acme');
  },
  'the newest slot is dispatched again in its own name': async stage => {
    await eraseClaims(stage, stage.slot);
    await forgeDispatch(stage, stage.slot, ['acme', 'globex']);
    await putRun(stage, stage.slot, 'acme');
    await putRun(stage, stage.slot, 'globex');
  },
  'an older slot is dispatched in its own name': async stage => {
    await forgeDispatch(stage, stage.slot - HOUR, ['acme']);
    await putRun(stage, stage.slot - HOUR, 'acme');
  },
  'a slot between two is dispatched in its own name': async stage => {
    await forgeDispatch(stage, stage.slot + 1, ['acme']);
    await putRun(stage, stage.slot + 1, 'acme');
  },
  'a slot that is to come is dispatched in its own name': async stage => {
    await forgeDispatch(stage, stage.slot + HOUR, ['acme']);
    await putRun(stage, stage.slot + HOUR, 'acme');
  },
  'a tenant is granted a run that the worker does not know': async stage => {
    await forgeDispatch(stage, stage.slot, ['mallory']);
    await putRun(stage, stage.slot, 'mallory');
  },
};

const SERVERS: Record<string, () => Promise<TestRedis | TestCluster>> = {
  'one server': getTestRedis,
  'a Redis Cluster': startTestCluster,
};

describe.each([
  ['a guarded job', 'one server', false],
  ['a guarded job of tenants', 'one server', true],
  ['a guarded job', 'a Redis Cluster', false],
  ['a guarded job of tenants', 'a Redis Cluster', true],
])('[protocol.4] %s on %s', (_, place, tenantScoped) => {
  let server: TestRedis | TestCluster;
  let platform: TestPlatform;
  let executed: string[];
  let markers = 0;

  beforeAll(async () => {
    server = await SERVERS[place]();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
    executed = [];
  });
  afterEach(() => platform.close());

  function start(slot: number) {
    return platform.worker({
      tenants: ['acme', 'globex'],
      jobs: [
        defineJob({
          name: 'ledger',
          schedule: {
            every: { hours: 1 },
            offset: { milliseconds: slot % HOUR },
          },
          manualRun: false,
          tenantScoped,
          handler: async ctx => {
            executed.push(ctx.runId);
          },
        }),
      ],
    });
  }

  /** Starts a worker, anew where a busy machine let it miss its slot; resolves with the slot. */
  async function startBefore(): Promise<number> {
    for (;;) {
      const slot = Date.now() + SOON_MS;
      const worker = await start(slot);
      const queue = platform.queue('ledger');
      if (await queue.getJob(`repeat:ledger:${slot}`)) return slot;
      await worker.close();
      await platform.close();
      platform = await createTestPlatform(server);
    }
  }

  /** A live worker that has executed a slot which is due for an hour. */
  async function prepare(): Promise<Stage> {
    const slot = await startBefore();
    const runs = tenantScoped
      ? [`ledger.${slot}.acme`, `ledger.${slot}.globex`]
      : [`ledger.${slot}`];
    for (const id of runs) {
      expect(await platform.end(id)).toMatchObject({
        state: 'succeeded',
        trigger: 'schedule',
        scheduledFor: new Date(slot).toISOString(),
      });
    }
    expect(executed.sort()).toEqual(runs);
    return { platform, queue: platform.queue('ledger'), slot };
  }

  /** Resolves when the worker has taken everything that is on the queue. */
  async function taken({ queue }: Stage): Promise<void> {
    markers += 1;
    const jobId = `marker-${markers}`;
    // behind everything else, also behind the runs of tenants
    const marker = await queue.add('ledger', {}, { jobId, priority: 2 });
    await platform.record({ id: runOf(marker), state: 'refused' });
  }

  /** Each by itself; on a cluster, where a test takes longer, one after the other. */
  function rounds(names: RegExp): Array<[string, Array<[string, Attack]>]> {
    const attacks = Object.entries(ATTACKS).filter(([name]) =>
      names.test(name),
    );
    return place === 'one server'
      ? attacks.map(attack => [attack[0], [attack]])
      : [['everything is tried', attacks]];
  }

  it.each(rounds(/./))(
    'starts nothing in a live worker where %s',
    async (__, attacks) => {
      const stage = await prepare();
      const before = [...executed];
      for (const [after, attack] of attacks) {
        await attack(stage);
        await taken(stage);
        expect({ after, executed }).toEqual({ after, executed: before });
      }
    },
  );

  it.each(
    rounds(/older|offset|interval|pattern|for no slot|between|to come|know/),
  )('starts nothing in a new worker where %s', async (__, attacks) => {
    const slot = Date.now() - 10 * 60_000;
    const queue = platform.queue('ledger');
    const stage = { platform, queue, slot };
    // nothing that a live worker remembers
    await eraseClaims(stage, slot);
    await queue.upsertJobScheduler('ledger', { every: HOUR, offset: 1 });
    for (const [, attack] of attacks) await attack(stage);
    await start(slot);
    for (const [after, attack] of attacks) {
      await platform.redis.del(platform.keys.lastSlot('ledger'));
      await attack(stage);
      await taken(stage);
      expect({ after, executed }).toEqual({ after, executed: [] });
    }
  });

  it('gives a handler nothing that somebody wrote into the job of its slot', async () => {
    const slot = Date.now() + 3 * SOON_MS;
    const seen: unknown[] = [];
    await platform.worker({
      tenants: ['acme'],
      jobs: [
        defineJob({
          name: 'ledger',
          schedule: {
            every: { hours: 1 },
            offset: { milliseconds: slot % HOUR },
          },
          manualRun: false,
          tenantScoped,
          supportsDryRun: true,
          parameters: {
            type: 'object',
            properties: { amount: { type: 'number', default: 1 } },
          },
          handler: async ctx => {
            seen.push([ctx.parameters, ctx.dryRun]);
          },
        }),
      ],
    });
    const [job] = await platform.queue('ledger').getDelayed();
    await job.updateData({
      v: 1,
      trigger: 'schedule',
      dryRun: true,
      parameters: { amount: 1000 },
      triggeredBy: 'user:default/alva.admin',
      reason: 'because Alva said so',
    });
    const end = await platform.record({ state: 'succeeded' });
    expect(seen).toEqual([[{ amount: 1 }, false]]);
    expect(end.triggeredBy).toBeUndefined();
    expect(end.reason).toBeUndefined();
    expect(end.parameters).toBeUndefined();
  });
});

describe('[protocol.4] a slot that was not started in time', () => {
  let server: TestRedis;
  let platform: TestPlatform;

  beforeAll(async () => {
    server = await getTestRedis();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    platform = await createTestPlatform(server);
  });
  afterEach(() => platform.close());

  it('is missed, by its own run, with how late it was', async () => {
    const executed: string[] = [];
    let release!: () => void;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    await platform.worker({
      jobs: [
        defineJob({
          name: 'ledger',
          schedule: { cron: '* * * * * *' },
          manualRun: false,
          startWithin: { milliseconds: 400 },
          handler: async ctx => {
            executed.push(ctx.runId);
            await gate;
          },
        }),
      ],
    });
    const first = await platform.record({ state: 'running' });
    const queue = platform.queue('ledger');
    const [next] = await queue.getDelayed();
    const slot = Number(next.id!.split(':').pop());
    while (Date.now() < slot + 600) {
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    release();
    const missed = await platform.record({
      id: `ledger.${slot}`,
      state: 'refused',
    });
    expect(missed).toMatchObject({
      trigger: 'schedule',
      scheduledFor: new Date(slot).toISOString(),
      refusal: { rule: 'late-slot' },
    });
    expect(missed.refusal!.message).toContain(
      `The slot of ${new Date(slot).toISOString()} may start until ${new Date(
        slot + 400,
      ).toISOString()} only`,
    );
    // the schedule goes on
    const after = await platform.record(
      record => record.state === 'succeeded' && record.id !== first.id,
    );
    expect(Date.parse(after.scheduledFor!)).toBeGreaterThan(slot);
    expect(executed).not.toContain(missed.id);
  });
});
