import { mockServices } from '@backstage/backend-test-utils';
import { runRecordSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { PORTAL_GROUP } from '@craft-easy/backstage-plugin-operations-protocol';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { aRecord, FakeRecorder } from '../__testUtils__/fakes';
import { connectTo, report } from '../__testUtils__/redis';
import { decodeAs } from './decode';
import { ReportStream, runReports } from './ReportStream';
import {
  StreamConsumer,
  STREAM_CONSUMER_TIMINGS,
  type StreamConsumerTimings,
} from './StreamConsumer';

jest.setTimeout(30_000);

const IDS = Array.from({ length: 2000 }, (_, i) => `run-${i}`);

describe('the consumer of the run stream', () => {
  let server: PrivateTestRedis;
  let redis: OperationsRedis;
  let recorder: FakeRecorder;
  const stops: Array<() => Promise<void>> = [];

  beforeAll(async () => {
    server = await startPrivateRedis();
    redis = connectTo(server);
  });
  beforeEach(async () => {
    recorder = new FakeRecorder();
    await redis.execute(client => client.flushall());
  });
  afterEach(async () => {
    await Promise.all(stops.splice(0).map(stop => stop()));
  });
  afterAll(async () => {
    redis.close();
    await server.close();
  });

  /** A consumer as one replica has it. `kill` ends it as a process dies: without a word. */
  function consume(
    name: string,
    timings: Partial<StreamConsumerTimings> = {},
    into: FakeRecorder = recorder,
  ) {
    const own = connectTo(server);
    const stream = new ReportStream(own, runReports(own), name);
    const applied: string[] = [];
    const consumer = new StreamConsumer({
      stream,
      recorder: into,
      decode: fields => decodeAs(runRecordSchema, fields),
      logger: mockServices.logger.mock(),
      onApplied: batch => {
        applied.push(...batch.applied.map(r => r.id));
      },
      timings: { ...STREAM_CONSUMER_TIMINGS, blockMs: 50, ...timings },
    });
    const stopping = new AbortController();
    const done = consumer.start(stopping.signal);
    stops.push(async () => {
      stopping.abort();
      await done;
      own.close();
    });
    const kill = () => {
      own.close();
      stopping.abort();
    };
    return { consumer, stream, applied, kill };
  }

  const group = async () => {
    const [state] = (await redis.execute(client =>
      client.xinfo('GROUPS', redis.keys.runs),
    )) as unknown[][];
    const value = (name: string) => state?.[state.indexOf(name) + 1];
    return { pending: value('pending'), lag: value('lag') };
  };
  const drained = async () => {
    const { pending, lag } = await group();
    return pending === 0 && lag === 0;
  };

  it('records what was reported before it was there, and acknowledges it', async () => {
    await report(redis, ...IDS.map(id => aRecord(id)));
    const { applied } = consume('a');
    await until(drained);
    expect(recorder.runs.size).toBe(2000);
    expect(applied).toHaveLength(2000);
  });

  it('[jobs.6] loses and doubles nothing when it is killed in the middle of a batch', async () => {
    await report(redis, ...IDS.map(id => aRecord(id)));
    const held = new Promise<void>(() => {}); // the database never answers: the process dies first
    const dying = new FakeRecorder();
    let begun = 0;
    dying.before = async () => {
      begun += 1;
      if (begun === 3) await held;
    };
    const first = consume('dies', { batchSize: 500 }, dying);
    await until(() => begun === 3);
    expect(dying.runs.size).toBe(1000);
    stops.splice(0); // nobody waits for the dead
    first.kill();

    // the database survives the process
    for (const [id, record] of dying.runs) recorder.runs.set(id, record);
    for (const [id, times] of dying.ended) recorder.ended.set(id, times);
    consume('lives', { abandonedAfterMs: 100, claimEveryMs: 50 });
    await until(drained);
    expect([...recorder.runs.keys()].sort()).toEqual([...IDS].sort());
    expect([...recorder.ended.values()].every(n => n === 1)).toBe(true);
  });

  it('reads the next batch while a full one is written, and no further', async () => {
    await report(redis, ...IDS.slice(0, 500).map(id => aRecord(id)));
    let write = () => {};
    recorder.before = () => new Promise(resolve => (write = resolve));
    consume('a', { batchSize: 100 });
    await until(async () => (await group()).pending === 200);
    expect(recorder.runs.size).toBe(0);
    expect(await group()).toEqual({ pending: 200, lag: 300 });
    recorder.before = () => {};
    write();
    await until(drained);
    expect([...recorder.runs.keys()]).toEqual(IDS.slice(0, 500));
  });

  it('reads no further batch while none can be written', async () => {
    let tries = 0;
    recorder.before = () => {
      tries += 1;
      throw new Error('connect ECONNREFUSED');
    };
    consume('a', { batchSize: 100 });
    await report(redis, ...IDS.map(id => aRecord(id)));
    await until(() => tries > 12);
    // the batch, the one that was read ahead of it, and a few that joined
    expect((await group()).pending).toBeLessThanOrEqual(300);
    recorder.before = () => {};
    await until(drained);
    expect(recorder.runs.size).toBe(2000);
  });

  it('records also what it had read ahead, when it stops', async () => {
    await report(redis, ...IDS.slice(0, 500).map(id => aRecord(id)));
    let write = () => {};
    recorder.before = () => new Promise(resolve => (write = resolve));
    consume('a', { batchSize: 100 });
    await until(async () => (await group()).pending === 200);
    recorder.before = () => {};
    const stopped = stops.splice(0)[0]();
    write();
    await stopped;
    expect(recorder.runs.size).toBe(200);
    expect((await group()).pending).toBe(0);
  });

  it('records nothing twice when the acknowledgement was lost with the connection', async () => {
    const { stream, applied } = consume('a', { batchSize: 100 });
    const acknowledge = stream.acknowledge.bind(stream);
    let cut = 0;
    stream.acknowledge = async ids => {
      cut += 1;
      if (cut === 2) throw new Error('Connection is closed.');
      return acknowledge(ids);
    };
    await report(redis, ...IDS.slice(0, 500).map(id => aRecord(id)));
    await until(async () => cut > 2 && (await drained()));
    expect(applied).toHaveLength(500);
  });

  it('waits for a database that is away, and goes on when it is back', async () => {
    recorder.before = () => {
      throw new Error('connect ECONNREFUSED');
    };
    const { consumer } = consume('a');
    await report(redis, ...IDS.slice(0, 50).map(id => aRecord(id)));
    await until(async () => (await group()).pending !== 0);
    await report(redis, ...IDS.slice(50, 60).map(id => aRecord(id)));
    recorder.before = () => {};
    await until(drained);
    expect(recorder.runs.size).toBe(60);
    expect(consumer.rejected).toBe(0);
  });

  it('keeps unreadable reports aside, and records the others', async () => {
    const { consumer } = consume('a');
    const { runs } = redis.keys;
    await redis.execute(async client => {
      await client.xadd(runs, '*', 'record', '{not json');
      await client.xadd(runs, '*', 'something', 'else');
      await client.xadd(runs, '*', 'record', JSON.stringify({ v: 1 }));
    });
    await report(redis, aRecord('good', { state: 'failed' }));
    await until(drained);
    expect([...recorder.runs.keys()]).toEqual(['good']);
    await until(() => consumer.rejected === 3);
    const kept = await redis.execute(client =>
      client.xrange(redis.keys.runsRejected, '-', '+'),
    );
    expect(kept).toHaveLength(3);
    expect(kept[0][1]).toEqual(expect.arrayContaining(['record {not json']));
  });

  it('finds the one report that the database refuses, and records the others', async () => {
    recorder.before = records => {
      if (records.some(r => r.id === 'run-7'))
        throw new Error('value too long');
    };
    const { consumer } = consume('a');
    await report(redis, ...IDS.slice(0, 100).map(id => aRecord(id)));
    await until(drained);
    expect(recorder.runs.size).toBe(99);
    expect(consumer.rejected).toBe(1);
  });

  it('is not stopped for good by a refused report that came alone', async () => {
    recorder.before = records => {
      if (records.some(r => r.id === 'alone'))
        throw new Error('value too long');
    };
    const { consumer } = consume('a');
    await report(redis, aRecord('alone'));
    await until(async () => (await group()).pending === 1);
    await report(redis, aRecord('next'));
    await until(drained);
    expect([...recorder.runs.keys()]).toEqual(['next']);
    expect(consumer.rejected).toBe(1);
  });

  it('puts no report aside because of a database that fails now and then', async () => {
    let calls = 0;
    recorder.before = () => {
      calls += 1;
      if (calls % 3 !== 0) throw new Error('deadlock detected');
    };
    const { consumer } = consume('a', { batchSize: 50 });
    await report(redis, ...IDS.slice(0, 300).map(id => aRecord(id)));
    await until(() => calls > 40);
    recorder.before = () => {};
    await until(drained);
    expect(recorder.runs.size).toBe(300);
    expect(consumer.rejected).toBe(0);
  });

  it.each([
    ['SQLITE_FULL', 'database or disk is full'],
    ['SQLITE_ERROR', 'ROLLBACK - cannot rollback - no transaction is active'],
    ['53100', 'could not extend file: No space left on device'],
  ])(
    '[guarantees.9] puts no report aside while the database has no room for new ones (%s)',
    async (code, message) => {
      const { consumer } = consume('a');
      await report(redis, aRecord('known'));
      await until(drained);
      let refusals = 0;
      recorder.before = records => {
        if (records.every(r => recorder.runs.has(r.id))) return;
        refusals += 1;
        throw Object.assign(new Error(message), { code });
      };
      await report(redis, aRecord('new'));
      await until(async () => (await group()).pending === 1);
      // this one is recorded again, which needs no room
      await report(redis, aRecord('known'));
      await until(() => refusals > 5 || consumer.rejected > 0);
      recorder.before = () => {};
      await until(drained);
      expect([...recorder.runs.keys()]).toEqual(['known', 'new']);
      expect(consumer.rejected).toBe(0);
    },
  );

  it('shares the work with other replicas, each report being news once', async () => {
    const [a, b] = ['a', 'b'].map(name => consume(name, { batchSize: 20 }));
    await report(redis, ...IDS.map(id => aRecord(id)));
    await until(drained);
    expect(a.applied.length).toBeGreaterThan(0);
    expect(b.applied.length).toBeGreaterThan(0);
    expect([...a.applied, ...b.applied].sort()).toEqual([...IDS].sort());
  });

  it('begins anew by itself when Redis was emptied', async () => {
    consume('a');
    await report(redis, aRecord('before'));
    await until(() => recorder.runs.has('before'));
    await redis.execute(client => client.flushall());
    await report(redis, aRecord('after'));
    await until(() => recorder.runs.has('after'));
    expect([...recorder.runs.keys()]).toEqual(['before', 'after']);
  });

  it('[jobs.11] goes on by itself when Redis was stopped and started', async () => {
    consume('a');
    await report(redis, aRecord('before'));
    await until(() => recorder.runs.has('before'));
    await server.stop();
    await server.start();
    await until(() => redis.client.status === 'ready');
    await report(redis, aRecord('after'));
    await until(() => recorder.runs.has('after'));
    expect([...recorder.runs.keys()]).toEqual(['before', 'after']);
  });

  it('stores text that a database would refuse, in a form that it takes', async () => {
    consume('a');
    const error = { name: 'E', message: 'nul \u0000 and lone \ud800' };
    await report(redis, aRecord('odd', { state: 'failed', error }));
    await until(() => recorder.runs.has('odd'));
    expect(recorder.runs.get('odd')!.error!.message).toBe(
      'nul \ufffd and lone \ufffd',
    );
  });

  it('leaves the group when it ends, unless it still holds something', async () => {
    consume('leaves');
    await report(redis, aRecord('x'));
    await until(drained);
    await Promise.all(stops.splice(0).map(stop => stop()));
    const consumers = await redis.execute(client =>
      client.xinfo('CONSUMERS', redis.keys.runs, PORTAL_GROUP),
    );
    expect(consumers).toEqual([]);
  });
});
