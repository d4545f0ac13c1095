import {
  getTestRedis,
  TestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  webhookCircuitRecordSchema,
  webhookReportSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  ProtocolKeys,
  protocolKeys,
} from '@craft-easy/backstage-plugin-operations-protocol';
import { Redis } from 'ioredis';
import { evaluateCircuit } from './rules';
import { SharedCircuits } from './SharedCircuits';

const OF = {
  tenant: 'nordic-gym',
  endpoint: 'main',
  url: 'https://hooks.example/in?token=x',
};
const ERROR = {
  class: 'server-error' as const,
  code: '503',
  message: 'The receiver answered 503',
};
const LONG = { failures: 2, cooldownMs: 60_000 };

describe('circuits of endpoints', () => {
  let server: TestRedis;
  let redis: Redis;
  let keys: ProtocolKeys;
  const dispatcher = (name: string, options = LONG) =>
    new SharedCircuits(redis, keys, name, options);
  const reports = async () =>
    (await redis.xrange(keys.webhookFailures, '-', '+')).map(([, fields]) =>
      webhookReportSchema.parse(JSON.parse(fields[1])),
    );
  const kept = async () =>
    webhookCircuitRecordSchema.parse(
      JSON.parse((await redis.hget(keys.webhookEndpoints, 'nordic-gym/main'))!),
    );

  beforeEach(async () => {
    server = await getTestRedis();
    redis = new Redis(server.url);
    keys = protocolKeys(server.namespace);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.close();
  });

  it('open after failures that several dispatchers saw, and say so once', async () => {
    const [a, b] = [dispatcher('a'), dispatcher('b')];
    await a.failed(OF, ERROR);
    expect(a.ask(OF).kind).toBe('go');
    await b.failed(OF, ERROR);
    expect(b.ask(OF)).toMatchObject({ kind: 'wait', error: ERROR });
    expect(a.ask(OF).kind).toBe('go');
    await a.learn();
    expect(a.ask(OF).kind).toBe('wait');
    await a.failed(OF, ERROR); // was under way
    expect(await reports()).toEqual([
      expect.objectContaining({
        kind: 'endpoint',
        state: 'down',
        url: 'https://hooks.example/in',
        openForMs: expect.any(Number),
        error: ERROR,
      }),
    ]);
    expect(await kept()).toMatchObject({ failures: 3, openings: 1 });
    expect(a.concurrency(OF, 8)).toBe(1);
  });

  it('let one dispatcher go to see, alone, and open longer when it comes back with nothing', async () => {
    const options = { failures: 1, cooldownMs: 1, maxCooldownMs: 50_000 };
    const [a, b] = [dispatcher('a', options), dispatcher('b', options)];
    await a.failed(OF, ERROR);
    await b.learn();
    const verdicts = await Promise.all(
      [a, b, a, b].map(circuits => circuits.enter(OF, true, 5_000)),
    );
    expect(verdicts.map(v => v.kind).sort()).toEqual([
      'probe',
      'wait',
      'wait',
      'wait',
    ]);
    expect(await kept()).toMatchObject({ probeBy: 'a' });
    await a.failed(OF, ERROR);
    const again = await kept();
    expect(again).toMatchObject({ openings: 2, failures: 2 });
    expect(again.probeBy).toBeUndefined();
    const [first, second] = await reports();
    expect(second).toMatchObject({
      since: (first as { since: string }).since,
      state: 'down',
    });
  });

  it('take a dispatcher that went to see and died for dead, and one that learned nothing for back', async () => {
    const [a, b] = [dispatcher('a'), dispatcher('b')];
    await a.failed(OF, ERROR);
    await a.failed(OF, ERROR);
    expect((await a.enter(OF, true, 1)).kind).toBe('probe');
    await b.learn();
    const until = Date.now() + 5_000;
    let verdict = await b.enter(OF, true, 60_000);
    while (verdict.kind !== 'probe' && Date.now() < until) {
      await b.learn();
      verdict = await b.enter(OF, true, 60_000);
    }
    expect(verdict.kind).toBe('probe');
    await a.abandoned(OF); // not its own
    expect((await a.enter(OF, true, 1)).kind).toBe('wait');
    await b.abandoned(OF);
    await a.learn();
    expect((await a.enter(OF, true, 1)).kind).toBe('probe');
  });

  it('close for all with the first success, and say so once', async () => {
    const [a, b] = [dispatcher('a'), dispatcher('b')];
    await a.failed(OF, ERROR);
    await a.failed(OF, ERROR);
    await b.learn();
    await Promise.all([a.succeeded(OF), b.succeeded(OF)]);
    expect([a, b].map(circuits => circuits.ask(OF).kind)).toEqual(['go', 'go']);
    expect(
      (await reports()).map(r => r.kind === 'endpoint' && r.state),
    ).toEqual(['down', 'up']);
    expect(await redis.exists(keys.webhookEndpoints)).toBe(0);
  });

  it('keep an endpoint that is gone shut until somebody asks for a replay, and one that throttles for as long as it asks', async () => {
    const circuits = dispatcher('a');
    await circuits.paused(OF, { ...ERROR, class: 'throttled' }, 30_000);
    expect(circuits.ask(OF).kind).toBe('wait');
    expect(circuits.ask(OF, true).kind).toBe('wait');
    expect(await circuits.disabled(OF, { ...ERROR, class: 'gone' })).toBe(true);
    expect(await circuits.disabled(OF, { ...ERROR, class: 'gone' })).toBe(
      false,
    );
    expect((await circuits.enter(OF, false, 1)).kind).toBe('disabled');
    expect((await circuits.enter(OF, true, 5_000)).kind).toBe('probe');
    await circuits.succeeded(OF);
    expect(
      (await reports()).map(r => r.kind === 'endpoint' && r.state),
    ).toEqual(['disabled', 'up']);
  });

  it('take what they cannot read for nothing', async () => {
    const a = dispatcher('a');
    for (const json of ['{', '[]', '{"v":1,"state":"down"}']) {
      await redis.hset(keys.webhookEndpoints, 'nordic-gym/main', json);
      await a.learn();
      expect(a.ask(OF).kind).toBe('go');
      await a.failed(OF, ERROR);
      expect(await kept()).toMatchObject({ failures: 1, openings: 0 });
    }
  });

  it('begin, end and half-open by the clock alone', () => {
    const circuit = webhookCircuitRecordSchema.parse({
      v: 1,
      tenant: 'a',
      endpoint: 'b',
      failures: 5,
      openings: 1,
      openUntilMs: 1_000,
    });
    expect(evaluateCircuit(undefined, 0).kind).toBe('go');
    expect(evaluateCircuit(circuit, 999).kind).toBe('wait');
    expect(evaluateCircuit(circuit, 1_000).kind).toBe('probe');
    expect(
      evaluateCircuit({ ...circuit, probeUntilMs: 2_000 }, 1_500).kind,
    ).toBe('wait');
    expect(
      evaluateCircuit({ ...circuit, probeUntilMs: 2_000 }, 2_000).kind,
    ).toBe('probe');
    expect(evaluateCircuit({ ...circuit, openings: 0 }, 1_000).kind).toBe('go');
  });
});
