import { createTextRedactor } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  protocolKeys,
  type RunRecordInput,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type IORedis from 'ioredis';
import {
  startPrivateRedis,
  type PrivateTestRedis,
  until,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { RunReporter } from './RunReporter';

jest.setTimeout(30_000);

describe('the reporter', () => {
  let server: PrivateTestRedis;
  let client: IORedis;
  let reporter: RunReporter;
  let errors: string[];
  const stream = protocolKeys('reporter').runs;

  beforeEach(async () => {
    server = await startPrivateRedis();
    client = server.client();
    errors = [];
    reporter = new RunReporter({
      client,
      streamOf: () => stream,
      redact: createTextRedactor(),
      onError: error => errors.push(error.message),
    });
  });
  afterEach(async () => {
    reporter.close();
    await server.close();
  });

  function record(
    id: string,
    more: Partial<RunRecordInput> = {},
  ): RunRecordInput {
    return {
      v: 1,
      id,
      engine: 'bullmq',
      job: 'a-job',
      state: 'running',
      at: '2026-11-24T00:00:00.000Z',
      trigger: 'api',
      ...more,
    };
  }

  const sent = async () =>
    (await client.xrange(stream, '-', '+')).map(([, [field, json]]) => {
      expect(field).toBe('record');
      const { id, state, progress } = JSON.parse(json);
      return [id, state, ...(progress === undefined ? [] : [progress])];
    });

  it('sends no secret in what a failed run tells', async () => {
    reporter.report(
      record('a', {
        state: 'failed',
        error: { name: 'Error', message: 'password=x1', stack: 'token: y2' },
      }),
    );
    await reporter.flushed();
    const [[, [, json]]] = await client.xrange(stream, '-', '+');
    expect(JSON.parse(json).error).toEqual({
      name: 'Error',
      message: 'password=[redacted]',
      stack: 'token: [redacted]',
    });
  });

  it('sends the end alone of a run that began and ended within one turn', async () => {
    reporter.report(record('a'));
    reporter.report(record('b'));
    reporter.report(record('a', { state: 'succeeded' }));
    await reporter.flushed();
    expect(await sent()).toEqual([
      ['a', 'succeeded'],
      ['b', 'running'],
    ]);
  });

  it('sends what is reported later after it', async () => {
    reporter.report(record('a'));
    await reporter.flushed();
    reporter.report(record('a', { progress: 50 }));
    await reporter.flushed();
    reporter.report(record('a', { state: 'failed' }));
    await reporter.flushed();
    expect(await sent()).toEqual([
      ['a', 'running'],
      ['a', 'running', 50],
      ['a', 'failed'],
    ]);
  });

  it('sends any number of records, in order', async () => {
    const ids = Array.from({ length: 1_800 }, (_, i) => `run-${i}`);
    ids.forEach(id => reporter.report(record(id)));
    await reporter.flushed();
    expect((await sent()).map(([id]) => id)).toEqual(ids);
  });

  it('keeps what a Redis does not take, and sends it, the newest of each run, in order when it does', async () => {
    // writes are refused as by a server that is full
    await client.config('SET', 'maxmemory', '1');
    reporter.report(record('a'));
    reporter.report(record('b'));
    await until(() => errors.length > 0);
    reporter.report(record('c'));
    reporter.report(record('b', { state: 'succeeded' }));
    await client.config('SET', 'maxmemory', '0');
    await reporter.flushed();
    expect(errors[0]).toMatch(/OOM/);
    expect(await sent()).toEqual([
      ['a', 'running'],
      ['b', 'succeeded'],
      ['c', 'running'],
    ]);
  });

  it('[guarantees.9] reports again what Redis may have lost, each run as it is now', async () => {
    reporter.report(record('a'));
    reporter.report(record('b', { state: 'succeeded' }));
    await reporter.flushed();
    reporter.report(record('a', { state: 'failed' }));
    await reporter.flushed();
    await client.flushall();
    reporter.reportAgain();
    await reporter.flushed();
    expect((await sent()).sort()).toEqual([
      ['a', 'failed'],
      ['b', 'succeeded'],
    ]);
  });

  it('[guarantees.9] keeps the end of a run that Redis refused while all was to be reported again', async () => {
    reporter.report(record('a'));
    await reporter.flushed();
    // writes are refused as by a server that is full
    await client.config('SET', 'maxmemory', '1');
    reporter.report(record('a', { state: 'succeeded' }));
    const flushed = reporter.flushed();
    // the end is on its way, and what was sent before it is older
    reporter.reportAgain();
    await until(() => errors.length > 0);
    await client.flushall();
    await client.config('SET', 'maxmemory', '0');
    await flushed;
    await reporter.flushed();
    expect(await sent()).toEqual([['a', 'succeeded']]);
    await client.flushall();
    reporter.reportAgain();
    await reporter.flushed();
    expect(await sent()).toEqual([['a', 'succeeded']]);
  });

  it('gives up when it is closed, and lets nobody wait for ever', async () => {
    await server.stop();
    reporter.report(record('a'));
    const flushed = reporter.flushed();
    reporter.close();
    await flushed;
    await reporter.flushed();
    expect(errors).toEqual([]);
  });
});
