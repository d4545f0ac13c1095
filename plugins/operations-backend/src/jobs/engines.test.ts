import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  jobEngineExtensionPoint,
  operationsRedisServiceRef,
  type JobEngine,
  type OperationsRedis,
} from '@craft-easy/backstage-plugin-operations-node';
import {
  aRegistration,
  describeJobEngine,
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  jobId,
  type JobRegistrationInput,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import {
  createListsEngine,
  LISTS_ABILITIES,
  takeFromList,
} from '../__testUtils__/listsEngine';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';
import { connectTo, report, until } from '../platform/__testUtils__/redis';

jest.setTimeout(60_000);

// The same looks at the platform, more often.
jest.mock('../platform/timings', () => ({
  PLATFORM_TIMINGS: {
    ...jest.requireActual('../platform/timings').PLATFORM_TIMINGS,
    lookEveryMs: 100,
    registryEveryMs: 100,
  },
}));

const systemd = (because: string) => ({ able: false as const, because });

/** An engine that only watches: all it has is a name and reasons. */
const watching: JobEngine = {
  name: 'systemd',
  abilities: {
    run: systemd('a timer of systemd starts it'),
    cancel: systemd('only systemctl on its host stops it'),
    retry: systemd('a timer of systemd starts it'),
    scheduleProof: systemd('only systemd can prove it'),
    log: systemd('journald on its host keeps it'),
    pause: systemd('only systemctl on its host pauses it'),
  },
};

/** One without queues, whose workers listen for a cancellation. */
const listening: JobEngine = {
  name: 'streams',
  abilities: { ...watching.abilities, cancel: { able: true } },
};

describe('[protocol.2] an engine that a module brings', () => {
  describeJobEngine('lists', LISTS_ABILITIES, server => {
    const redis = connectTo(server);
    return {
      engine: createListsEngine(redis),
      take: job => takeFromList(redis, job),
      close: async () => redis.close(),
    };
  });
});

describe('[protocol.2] an engine that only watches', () => {
  describeJobEngine('systemd', watching.abilities, () => ({
    engine: watching,
    close: async () => {},
  }));
});

describe('engines of modules, in a portal', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let portal: TestPortal;
  let client: ReturnType<TestPortal['client']>;
  let keys = 0;

  const moduleOf = (
    moduleId: string,
    create: (r: OperationsRedis) => JobEngine,
  ) =>
    createBackendModule({
      pluginId: 'operations',
      moduleId,
      register(env) {
        env.registerInit({
          deps: {
            jobs: jobEngineExtensionPoint,
            platform: operationsRedisServiceRef,
          },
          async init({ jobs, platform }) {
            jobs.addJobEngine(create(platform));
          },
        });
      },
    });

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connectTo(server);
    portal = await startPortal({
      redis: server,
      features: [
        moduleOf('lists', createListsEngine),
        moduleOf('systemd', () => watching),
        moduleOf('streams', () => listening),
      ],
    });
    client = portal.client();
  });
  afterAll(async () => {
    await portal?.stop();
    redis?.close();
    await server?.close();
  });

  /** Announces a job as its platform does, and waits until the portal shows it. */
  async function announce(
    given: Pick<JobRegistrationInput, 'engine' | 'name'> &
      Partial<JobRegistrationInput>,
  ) {
    const registration = aRegistration(given);
    const id = jobId(registration);
    const text = JSON.stringify(registration);
    await redis.execute(async c => {
      await c.hset(redis.keys.registry, id, text);
      await c.zadd(redis.keys.registrySeen, Date.now(), id);
    });
    const { engine, name } = registration;
    const params = { engine, name };
    await until(async () => {
      const { items } = await client.call('GET /jobs', {
        query: { search: name },
      });
      return items.some(job => job.id === id && job.registered);
    });
    const job = () => client.call('GET /jobs/:engine/:name', { params });
    const start = () =>
      client.call('POST /jobs/:engine/:name/runs', {
        params,
        body: { reason: 'a test of engines' },
        idempotencyKey: `run-${(keys += 1)}`,
      });
    return { registration, job, start };
  }

  const runOf = (id: string) =>
    client.call('GET /runs/:id', { params: { id } });
  const act = (action: 'cancel' | 'retry', id: string) =>
    client.call(`POST /runs/:id/${action}`, {
      params: { id },
      body: { reason: 'a test of engines' },
      idempotencyKey: `act-${(keys += 1)}`,
    });
  const refused = (reason: string) => ({
    statusCode: 409,
    body: { error: { message: expect.stringContaining(reason) } },
  });

  /** Reports a run, and waits until the portal has it. */
  async function reported(record: Partial<RunRecordInput> & { id: string }) {
    const now = new Date().toISOString();
    await report(redis, {
      ...{ v: 1, engine: 'systemd', job: 'backup', state: 'running', at: now },
      ...{ trigger: 'schedule', startedAt: now },
      ...record,
    });
    await until(async () => {
      const found = await runOf(record.id).catch(() => undefined);
      return found?.status === (record.state ?? 'running');
    });
  }

  it('[protocol.2] a module adds an engine by the extension point alone, and its jobs run, are cancelled, and say what they cannot', async () => {
    const { registration, job, start } = await announce({
      engine: 'lists',
      name: 'import',
    });
    const { actions } = await job();
    expect(actions.run).toEqual({ allowed: true });
    expect(actions.cancel).toMatchObject({
      rule: 'capability',
      reason: expect.stringContaining('no cancel hook'),
    });
    const why =
      'It cannot be retried from here, because the files of a request are gone after its run';
    expect(actions.retry).toMatchObject({ rule: 'capability', reason: why });

    const { run } = await start();
    const taken = (await takeFromList(redis, registration))!;
    expect(taken.request).toMatchObject({ runId: run.id, trigger: 'manual' });
    const { engine, name } = registration;
    const of = { id: run.id, engine, job: name, trigger: 'manual' as const };
    await reported(of);
    await taken.finish();
    await reported({
      ...{ ...of, state: 'failed', exitCode: 1 },
      endedAt: new Date().toISOString(),
    });
    await expect(act('retry', run.id)).rejects.toMatchObject(refused(why));

    const { run: second } = await start();
    expect((await act('cancel', second.id)).run.status).toBe('cancelled');
    expect(await takeFromList(redis, registration)).toBeUndefined();
  });

  it('[protocol.2] a job that is only watched is shown with its runs; page and API say why nothing can be done', async () => {
    const { job, start } = await announce({
      engine: 'systemd',
      name: 'backup',
      schedule: {
        ...{ cron: '0 2 * * *', by: 'external' },
        firedBy: 'a timer of systemd on db-1',
      },
      manualRun: true,
      cancellable: true,
    });
    await reported({ id: 'backup.1' });
    const detail = await job();
    expect(detail).toMatchObject({
      scheduleKind: 'cron',
      nextRunAt: expect.any(String),
      lastRun: { id: 'backup.1', status: 'running' },
      cancellable: false,
      lastSlot: { state: expect.stringMatching(/^(on-time|late)$/) },
      abilities: {
        run: watching.abilities.run,
        scheduleProof: {
          able: false,
          because:
            'only a timer of systemd on db-1, which fires the job, can prove it',
        },
      },
      actions: {
        run: {
          allowed: false,
          rule: 'capability',
          reason:
            'It can only be watched, because a timer of systemd starts it',
        },
      },
    });
    await expect(start()).rejects.toMatchObject(
      refused('It can only be watched, because a timer of systemd starts it'),
    );
    for (const action of ['cancel', 'retry'] as const) {
      const { reason } = (await runOf('backup.1')).actions[action];
      expect(reason).toMatch(/^It can only be watched, because /);
      await expect(act(action, 'backup.1')).rejects.toMatchObject(
        refused(reason!),
      );
    }
    const log = await client.call('GET /runs/:id/log', {
      params: { id: 'backup.1' },
    });
    expect(log).toMatchObject({
      lines: [],
      noLog: 'There is no log here, because journald on its host keeps it',
    });
  });

  it('[protocol.2] runs that overlap need attention, and the item offers nothing that is not possible', async () => {
    const { registration } = await announce({
      engine: 'systemd',
      name: 'mirror',
      schedule: { everyMs: 3600_000, by: 'external' },
      abilities: { log: { able: true } },
    });
    const of = { job: registration.name };
    await reported({ ...of, id: 'mirror.1' });
    await reported({ ...of, id: 'mirror.2' });
    await portal.look();
    const attention = async () =>
      (
        await client.call('GET /attention', { query: { limit: 200 } })
      ).items.filter(item => item.subject.ref === 'systemd/mirror');
    expect(await attention()).toEqual([
      expect.objectContaining({
        kind: 'overlapping',
        title: '2 runs of mirror are under way at once',
        detail: 'another scheduler began one before the last had ended',
      }),
    ]);
    const ended = { ...of, endedAt: new Date().toISOString() };
    await reported({ ...ended, id: 'mirror.1', state: 'succeeded' });
    await reported({ ...ended, id: 'mirror.2', state: 'failed' });
    await portal.look();
    const [failed] = await attention();
    expect(failed.kind).toBe('last-run-failed');
    expect(failed.actions.map(action => action.kind)).toEqual(['open', 'page']);
  });

  it('[protocol.2] where the engine has no queue, a cancellation is for the worker, if its handler honours one', async () => {
    await announce({ engine: 'streams', name: 'feed', cancellable: true });
    await announce({ engine: 'streams', name: 'deaf' });
    const feed = { engine: 'streams', job: 'feed' };
    await reported({ ...feed, id: 'feed.1', state: 'queued' });
    expect((await act('cancel', 'feed.1')).run.status).toBe('cancelling');
    const flag = redis.keys.cancel('feed.1');
    expect(await redis.execute(c => c.exists(flag))).toBe(1);
    await reported({ ...feed, job: 'deaf', id: 'deaf.1', state: 'queued' });
    await expect(act('cancel', 'deaf.1')).rejects.toMatchObject(
      refused('Its handler has no cancel hook'),
    );
  });

  it('[protocol.2] a job of an engine that no module brings is shown, and can only be watched', async () => {
    const { job, start } = await announce({
      engine: 'airflow',
      name: 'rollup',
      abilities: {
        retry: { able: false, because: 'Airflow retries its tasks itself' },
      },
    });
    const why =
      'It can only be watched, because this portal has no engine named airflow: its module is not installed';
    const { actions, abilities } = await job();
    expect(actions.run.reason).toBe(why);
    expect(actions.cancel.reason).toBe(why);
    expect(actions.retry.reason).toBe(
      'It can only be watched, because Airflow retries its tasks itself',
    );
    // its platform may send one all the same
    expect(abilities.log).toEqual({ able: true });
    await expect(start()).rejects.toMatchObject(refused(why));
    const { items } = await client.call('GET /queues');
    expect(items.map(queue => queue.engine)).not.toContain('airflow');
  });
});

describe('an engine that is not what it declares', () => {
  it.each<[string, Partial<JobEngine>]>([
    [
      'declares the ability run, but has no method enqueue',
      { enqueue: undefined },
    ],
    [
      'declares the ability run, but has no method locate',
      { locate: undefined },
    ],
    [
      'declares the ability cancel, but has no method removeQueued',
      { removeQueued: undefined },
    ],
    [
      'does not declare what it can: abilities.log',
      { abilities: { ...LISTS_ABILITIES, log: undefined as never } },
    ],
    ['"Lists" is none: a lower-case letter', { name: 'Lists' }],
  ])(
    '[protocol.2] stops the backend at its start: it %s',
    async (why, part) => {
      const engine = { ...createListsEngine({} as OperationsRedis), ...part };
      const added = createBackendModule({
        pluginId: 'operations',
        moduleId: 'wrong',
        register(env) {
          env.registerInit({
            deps: { jobs: jobEngineExtensionPoint },
            async init({ jobs }) {
              jobs.addJobEngine(engine);
            },
          });
        },
      });
      await expect(
        startPortal({
          redis: {
            url: 'redis://127.0.0.1:1',
            namespace: 'none',
            queuePrefix: 'none',
          },
          features: [added],
        }),
      ).rejects.toThrow(why);
    },
  );
});
