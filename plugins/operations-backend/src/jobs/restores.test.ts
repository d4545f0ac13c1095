import { setTimeout as pause } from 'node:timers/promises';
import {
  defineJob,
  startWorker,
  type SlotWitness,
  type WorkerHandle,
} from '@craft-easy/operations-sdk/jobs';
import { createSqlWitness } from '@craft-easy/operations-sdk/witness-sql';
import bullmqModule from '@craft-easy/backstage-plugin-operations-backend-module-bullmq';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { createTestDatabases } from '../__testUtils__/databases';
import { utcText } from '../lib/time';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';

/** How often Redis comes back older; `npm run restores` makes it a hundred times. */
const RESTORES = Number(
  process.env.OPERATIONS_RESTORES ?? (process.env.CI ? 5 : 2),
);
jest.setTimeout(120_000 + RESTORES * 30_000);

const JOBS = ['ledger-1', 'ledger-2', 'ledger-3', 'ledger-4'];
/** Redis starts, and each job's next slot is executed. */
const PATIENCE_MS = 30_000;
/** A slot may still start when Redis is back. */
const START_WITHIN = { seconds: 10 };

const databases = createTestDatabases();

interface Execution {
  runId: string;
  worker: string;
}

describe('Redis that comes back older', () => {
  let redis: PrivateTestRedis;
  let portal: TestPortal;
  let executions: Execution[];
  const workers: WorkerHandle[] = [];

  beforeEach(async () => {
    executions = [];
    redis = await startPrivateRedis(['--appendonly', 'no']);
    portal = await startPortal({ redis, features: [bullmqModule] });
  });
  afterEach(async () => {
    await Promise.all(
      workers.splice(0).map(w => w.close({ force: true, graceMs: 100 })),
    );
    await portal.stop();
    await redis.close();
  });

  async function work(id: string, witness?: SlotWitness) {
    const worker = startWorker({
      id,
      jobs: JOBS.map(name =>
        defineJob({
          name,
          schedule: { cron: '* * * * * *' },
          manualRun: false,
          startWithin: START_WITHIN,
          handler: async ctx => {
            executions.push({ runId: ctx.runId, worker: id });
            // some are under way when Redis dies
            await pause(Math.random() * 100);
          },
        }),
      ),
      connection: redis.url,
      namespace: redis.namespace,
      queuePrefix: redis.queuePrefix,
      logger: { info() {}, warn() {}, error() {} },
      witness,
      // what the snapshot shows as active is nobody's
      lockDurationMs: 1_000,
      stalledIntervalMs: 1_000,
    });
    workers.push(worker);
    await worker.ready;
  }

  async function executed(more: number) {
    const enough = executions.length + more;
    await until(() => executions.length >= enough, {
      withinMs: PATIENCE_MS,
      seen: () => `${executions.length} of ${enough} executions`,
    });
  }

  /** Takes a snapshot at a random moment, and a power cut at another throws Redis back to it. */
  async function restoreOften(times: number) {
    await executed(JOBS.length);
    const admin = redis.client();
    for (let i = 0; i < times; i++) {
      await pause(Math.random() * 1_000);
      await admin.save();
      await pause(Math.random() * 1_500);
      await redis.kill();
      await redis.start();
      await executed(JOBS.length);
    }
  }

  /** Runs with more than one execution, with who executed them. */
  function executedTwice(): Map<string, string[]> {
    const byRun = new Map<string, string[]>();
    for (const { runId, worker } of executions) {
      byRun.set(runId, [...(byRun.get(runId) ?? []), worker]);
    }
    return new Map([...byRun].filter(([, by]) => by.length > 1));
  }

  /** Waits until the portal knows when a run started. */
  async function untilRecorded(id: string) {
    const client = portal.client();
    const isKnown = () =>
      client.call('GET /runs/:id', { params: { id } }).then(
        run => run.startedAt !== undefined,
        () => false,
      );
    await until(isKnown, { withinMs: PATIENCE_MS });
  }

  async function shownTwice(runIds: string[]) {
    const client = portal.client();
    for (const id of runIds) {
      const shown = async () =>
        (await client.call('GET /runs/:id', { params: { id } })).executions;
      await until(async () => (await shown())?.length === 2, {
        withinMs: PATIENCE_MS,
        seen: shown,
      });
    }
    await portal.look();
    const { items } = await client.call('GET /attention', {
      query: { limit: 200 },
    });
    return items.filter(item => item.kind === 'executed-twice');
  }

  it(`[protocol.5] makes no process start a slot twice, ${RESTORES} times`, async () => {
    await work('alone');
    await restoreOften(RESTORES);
    expect(executedTwice()).toEqual(new Map());
  });

  it.each(databases.eachSupportedId())(
    `[protocol.5] makes nobody start a slot twice, ${RESTORES} times, where a witness in %s is asked`,
    async database => {
      const knex = await databases.initEmpty(database);
      await work('one', createSqlWitness({ knex }));
      await work('two', createSqlWitness({ knex }));
      await restoreOften(RESTORES);
      expect(executedTwice()).toEqual(new Map());
    },
  );

  it(`[protocol.5] shows each slot as executed twice that another process started again, over ${RESTORES} restores without a witness`, async () => {
    await work('one');
    await work('two');
    await restoreOften(RESTORES);
    const twice = executedTwice();
    // by chance: with few restores perhaps none; the next test makes one
    expect(twice.size).toBeGreaterThanOrEqual(RESTORES >= 50 ? 1 : 0);
    for (const by of twice.values()) {
      expect(by.sort()).toEqual(['one', 'two']);
    }
    const items = await shownTwice([...twice.keys()]);
    expect(items).toHaveLength(twice.size);
    for (const item of items) expect(item.severity).toBe('critical');
  });

  it('[protocol.5] is shown with both executions of a run, where a new process started it again; the item can be acknowledged', async () => {
    await work('one');
    await executed(JOBS.length);
    await redis.client().save();
    await executed(2 * JOBS.length);
    const client = portal.client();
    for (const { runId } of executions) await untilRecorded(runId);
    await redis.kill();
    await workers.pop()!.close({ force: true, graceMs: 0 });
    await redis.start();
    await work('two');
    await until(() => executedTwice().size > 0, { withinMs: PATIENCE_MS });

    const [id] = executedTwice().keys();
    const params = { id };
    const items = await shownTwice([id]);
    const run = await client.call('GET /runs/:id', { params });
    expect(run.executions!.map(e => e.workerId)).toEqual(['one', 'two']);
    const item = items.find(({ detail }) => detail!.includes(id))!;
    for (const { startedAt, workerId } of run.executions!) {
      expect(item.detail).toContain(`${utcText(startedAt)} by ${workerId}`);
    }
    const { item: acknowledged } = await client.call(
      'POST /attention/:id/acknowledge',
      {
        params: { id: item.id },
        body: { reason: 'the ledger was corrected by hand' },
        idempotencyKey: 'acknowledge-1',
      },
    );
    expect(acknowledged.state).toBe('acknowledged');
  });
});
