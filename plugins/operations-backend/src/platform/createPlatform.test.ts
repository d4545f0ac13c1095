import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  cancelRequestSchema,
  runRecordSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  aRegistration,
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { aRecord, FakeRecorder, FakeRegistry } from './__testUtils__/fakes';
import { connectTo, report, until } from './__testUtils__/redis';
import { createPlatform, type Platform } from './createPlatform';

jest.setTimeout(60_000);

const QUICK = {
  lookEveryMs: 50,
  registryEveryMs: 50,
  trimEveryMs: 50,
  leaseMs: 500,
  settleMs: 500,
  lostAfterMs: {
    'worker-gone': 100,
    'worker-forgot': 100,
    'engine-forgot': 100,
    'engine-ended': 100,
  },
};

describe('the Redis side as a whole', () => {
  let server: PrivateTestRedis;
  let worker: OperationsRedis;
  let recorder: FakeRecorder;
  let registry: FakeRegistry;
  let changed: string[];
  let platform: Platform;
  let own: OperationsRedis;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    server = await startPrivateRedis();
    worker = connectTo(server);
  });
  beforeEach(async () => {
    await worker.execute(client => client.flushall());
    recorder = new FakeRecorder();
    registry = new FakeRegistry(recorder);
    changed = [];
    own = connectTo(server);
    platform = createPlatform({
      ...{ recorder, registry, redis: own, engines: [], timings: QUICK },
      logger: mockServices.logger.mock(),
      onApplied: () => {},
      onChanged: (kind, id) => changed.push(`${kind} ${id ?? ''}`.trim()),
    });
    platform.start();
    await until(() => platform.health.available);
  });
  afterEach(async () => {
    await platform.stop();
    own.close();
  });
  afterAll(async () => {
    worker.close();
    await server.close();
    process.off('unhandledRejection', note);
  });

  const announce = (name: string) =>
    worker.execute(async client => {
      const registration = aRegistration({ engine: 'protocol', name });
      const id = `protocol/${name}`;
      await client.hset(worker.keys.registry, id, JSON.stringify(registration));
      await client.zadd(worker.keys.registrySeen, Date.now(), id);
      const message = JSON.stringify({ changed: 'registry', id });
      await client.publish(worker.keys.changesChannel, message);
    });
  const beat = (id: string, running: string[]) =>
    worker.execute(async client => {
      const record = {
        ...{ v: 1, id, host: 'node-1', jobs: ['protocol/export'], running },
        startedAt: new Date().toISOString(),
      };
      await client.zadd(worker.keys.workers, Date.now(), id);
      await client.set(worker.keys.worker(id), JSON.stringify(record));
    });

  it('records what is reported, learns what is announced, counts who lives, and says that it changed', async () => {
    await announce('export');
    await beat('w1', []);
    await report(worker, aRecord('r1', { engine: 'protocol', job: 'export' }));
    await until(() => recorder.runs.has('r1') && registry.syncs.length > 0);
    await until(() => changed.includes('registry protocol/export'));
    await until(() => platform.health.workersOf('protocol/export') === 1);
    await until(() => platform.health.runStream?.pending === 0);
    expect(platform.health.runStream).toMatchObject({ lag: 0, rejected: 0 });

    const [queue] = await platform.engines.get('protocol')!.getQueues!([
      aRegistration({ engine: 'protocol', name: 'export' }),
    ]);
    expect(queue.workers).toBe(1);
  });

  it('passes on that a log has grown, and what else the platform changed', async () => {
    const { logChannel, changesChannel } = worker.keys;
    await until(async () => {
      const [, count] = (await worker.execute(client =>
        client.pubsub('NUMSUB', logChannel),
      )) as [string, number];
      return count > 0;
    });
    await worker.execute(async client => {
      for (let i = 0; i < 50; i++) await client.publish(logChannel, 'r9');
      await client.publish(changesChannel, '{"changed":"flags","id":"beta"}');
      await client.publish(changesChannel, 'nonsense');
    });
    await until(() => changed.includes('flags beta'));
    await until(() => changed.includes('log r9'));
    expect(changed.filter(c => c === 'log r9').length).toBeLessThan(10);
  });

  it('leaves a flag and sends a message for a cancellation', async () => {
    const received: string[] = [];
    const listener = worker.connect('subscriber');
    await listener.subscribe(worker.keys.controlChannel);
    listener.on('message', (_channel: string, text: string) =>
      received.push(text),
    );
    const by = { actor: 'user:default/ann', permission: 'a.permission' };
    await platform.cancelSignal.request(
      { runId: 'r1', job: 'protocol/export', reason: 'wrong month' },
      by,
    );
    await until(() => received.length > 0);
    expect(JSON.parse(received[0])).toEqual({ type: 'cancel', runId: 'r1' });
    const key = worker.keys.cancel('r1');
    const [flag, ttl] = await worker.execute(client =>
      Promise.all([client.get(key), client.pttl(key)]),
    );
    expect(cancelRequestSchema.parse(JSON.parse(flag!))).toMatchObject({
      requestedBy: 'user:default/ann',
      reason: 'wrong month',
    });
    expect(ttl).toBeGreaterThan(3600_000);
    listener.disconnect();
  });

  it('[jobs.5] ends the run of a worker whose heartbeat stopped', async () => {
    await beat('w1', ['r1']);
    const running = aRecord('r1', {
      ...{ engine: 'protocol', job: 'export', state: 'running' },
      ...{ workerId: 'w1', at: new Date(Date.now() - 60_000).toISOString() },
    });
    await report(worker, running);
    await until(() => recorder.runs.has('r1'));
    await until(() => platform.health.workersOf('protocol/export') === 1);
    await worker.execute(client => client.del(worker.keys.worker('w1')));
    await until(() => recorder.runs.get('r1')!.state === 'lost');
    expect(recorder.runs.get('r1')!.error!.message).toContain('w1 on node-1');
  });

  it('[jobs.11] answers at once while Redis is away, calls nothing lost, and goes on by itself when it is back', async () => {
    await beat('w1', ['r1']);
    const running = aRecord('r1', {
      ...{ engine: 'protocol', job: 'export', state: 'running' },
      ...{ workerId: 'w1', at: new Date(Date.now() - 60_000).toISOString() },
    });
    await report(worker, running);
    await announce('export');
    await until(() => recorder.runs.has('r1') && registry.syncs.length > 0);

    await server.stop();
    await until(() => !platform.health.available);
    expect(platform.health.reason).toBeDefined();
    const begin = Date.now();
    for (const action of [
      () =>
        platform.cancelSignal.request(
          { runId: 'r1', job: 'protocol/export' },
          { actor: 'user:default/ann', permission: 'a.permission' },
        ),
      () => platform.logReader.read('r1', { limit: 1 }),
    ]) {
      await expect(action()).rejects.toBeInstanceOf(ServiceUnavailableError);
    }
    expect(Date.now() - begin).toBeLessThan(2500);
    await server.start();

    await until(() => platform.health.available);
    await until(() => worker.client.status === 'ready');
    await announce('import');
    await report(worker, aRecord('r2'));
    await until(() => recorder.runs.has('r2'));
    await until(() =>
      registry.syncs.at(-1)!.some(e => e.registration.name === 'import'),
    );
    expect(recorder.runs.get('r1')!.state).toBe('running');
  });

  it('drops what is recorded from the stream, but never what another reader has not read', async () => {
    const { runs } = worker.keys;
    await worker.execute(client =>
      client.xgroup('CREATE', runs, 'other', '0', 'MKSTREAM'),
    );
    const ids = Array.from({ length: 500 }, (_, i) => `r${i}`);
    await report(worker, ...ids.map(id => aRecord(id)));
    await until(() => recorder.runs.size === 500);
    await until(() => platform.health.runStream?.pending === 0);
    const length = () => worker.execute(client => client.xlen(runs));
    expect(await length()).toBe(500);
    await worker.execute(client => client.xgroup('DESTROY', runs, 'other'));
    await until(async () => (await length()) < 200);
    expect(runRecordSchema.safeParse(recorder.runs.get('r499')).success).toBe(
      true,
    );
  });

  it('has left no rejection unhandled in all of this', () => {
    expect(unhandled).toEqual([]);
  });
});
