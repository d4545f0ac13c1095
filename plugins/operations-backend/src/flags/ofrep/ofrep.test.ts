import { OFREPApi, toResolutionDetails } from '@openfeature/ofrep-core';
import { OpenFeature } from '@openfeature/server-sdk';
import { mockCredentials } from '@backstage/backend-test-utils';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import { Controls } from '@craft-easy/operations-sdk/controls';
import { OperationsFlagProvider } from '@craft-easy/operations-sdk/flags';
import request from 'supertest';
import { startControls } from '../../controls/__testUtils__/startControls';
import { createTestDatabases } from '../../__testUtils__/databases';
import { ALLOW, DENY } from '../../__testUtils__/startOperations';

jest.setTimeout(30_000);

const databases = createTestDatabases();
const reason = 'compared in a test';

const FLAGS = [
  { key: 'b-on', type: 'boolean', defaultVariant: 'on' },
  { key: 'b-off', type: 'boolean', defaultVariant: 'off' },
  {
    key: 's',
    type: 'string',
    defaultVariant: 'x',
    variants: { x: 'blue', y: '' },
  },
  {
    key: 'n-int',
    type: 'number',
    defaultVariant: 'x',
    variants: { x: 42, y: 0 },
  },
  { key: 'n-float', type: 'number', defaultVariant: 'x', variants: { x: 0.5 } },
  {
    key: 'o',
    type: 'object',
    defaultVariant: 'x',
    variants: { x: { a: [1, { b: null }] } },
  },
  { key: 'off', type: 'boolean', defaultVariant: 'on' },
];

describe.each(databases.eachSupportedId())('OFREP on %s', id => {
  let operations: Awaited<ReturnType<typeof startControls>>;
  let controls: Controls;
  let api: OFREPApi;
  const stranger = 'user:default/stranger';

  const http = () => request(operations.http);

  beforeAll(async () => {
    const knex = await databases.init(
      id,
      ...['controls', 'rate_limits', 'flags', 'maintenance'],
      'audit',
    );
    operations = await startControls({
      knex,
      policy: (_permission, user) => (user === stranger ? DENY : ALLOW),
    });
    for (const flag of FLAGS) {
      await http()
        .post('/api/operations/v1/flags')
        .send({ ...flag, reason })
        .expect(201);
    }
    await change('off', { variant: null });
    controls = new Controls({
      connection: operations.server.url,
      namespace: operations.server.namespace,
    });
    await controls.ready;
    await OpenFeature.setProviderAndWait(
      new OperationsFlagProvider({ controls }),
    );
    api = new OFREPApi({
      baseUrl: operations.url,
      headers: [['Authorization', mockCredentials.service.header()]],
    });
  });

  afterAll(async () => {
    await OpenFeature.close();
    await controls?.close();
    await operations?.stop();
  });

  async function change(key: string, body: object): Promise<Flag> {
    const response = await http()
      .put(`/api/operations/v1/flags/${key}`)
      .set('If-Match', '*')
      .send({ reason, ...body })
      .expect(200);
    return response.body.flag;
  }

  /** What the public client makes of the answer, as its providers do. */
  async function overOfrep<T extends boolean | string | number | object>(
    key: string,
    fallback: T,
  ) {
    const result = await api.postEvaluateFlag(key, {
      context: { targetingKey: 'u' },
    });
    if (result.httpStatus !== 200) {
      return {
        value: fallback,
        errorCode: result.value.errorCode,
        variant: undefined,
      };
    }
    const {
      value,
      variant,
      errorCode,
      reason: why,
    } = toResolutionDetails(result.value as never, fallback as never);
    return { value, variant, errorCode, reason: why };
  }

  const picked = ({
    value,
    variant,
    errorCode,
    reason: why,
  }: Record<string, unknown>) =>
    errorCode ? { value, errorCode } : { value, variant, reason: why };

  it('[controls.5] our provider and the public OFREP client give the same values, variants, reasons and errors', async () => {
    const client = OpenFeature.getClient();
    for (const key of [...FLAGS.map(f => f.key), 'unknown']) {
      const pairs = [
        [await client.getBooleanDetails(key, true), await overOfrep(key, true)],
        [
          await client.getStringDetails(key, 'fallback'),
          await overOfrep(key, 'fallback'),
        ],
        [await client.getNumberDetails(key, 7), await overOfrep(key, 7)],
        [
          await client.getObjectDetails(key, { d: 1 }),
          await overOfrep(key, { d: 1 }),
        ],
      ];
      for (const [ours, theirs] of pairs) {
        expect({ key, ...picked(theirs as never) }).toEqual({
          key,
          ...picked(ours as never),
        });
      }
    }
  });

  it('[controls.5] tags an answer with the configuration and the context, and answers 304 only for the same of both', async () => {
    const acme = { context: { targetingKey: 'u', tenant: 'acme' } };
    const first = await api.postBulkEvaluateFlags(acme);
    expect(first.httpStatus).toBe(200);
    const etag = first.httpResponse!.headers.get('etag')!;
    expect((await api.postBulkEvaluateFlags(acme, etag)).httpStatus).toBe(304);
    const reordered = { context: { tenant: 'acme', targetingKey: 'u' } };
    expect((await api.postBulkEvaluateFlags(reordered, etag)).httpStatus).toBe(
      304,
    );
    const globex = { context: { targetingKey: 'u', tenant: 'globex' } };
    const other = await api.postBulkEvaluateFlags(globex, etag);
    expect(other.httpStatus).toBe(200);
    expect(other.httpResponse!.headers.get('etag')).not.toBe(etag);

    await change('b-off', { variant: 'on' });
    let changed = await api.postBulkEvaluateFlags(acme, etag);
    // within half a second, on every replica
    await until(async () => {
      changed = await api.postBulkEvaluateFlags(acme, etag);
      return changed.httpStatus !== 304;
    });
    expect(changed.httpStatus).toBe(200);
    await change('b-off', { variant: 'off' });
  });

  it('sends an event when an answer changes, when it is switched and when its "until" passes', async () => {
    const bulk = await api.postBulkEvaluateFlags({});
    const [{ type, endpoint }] = (
      bulk.value as {
        eventStreams: Array<{ type: string; endpoint: { requestUri: string } }>;
      }
    ).eventStreams;
    expect(type).toBe('sse');
    const stop = new AbortController();
    const stream = await fetch(operations.url + endpoint.requestUri, {
      signal: stop.signal,
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = stream
      .body!.pipeThrough(new TextDecoderStream())
      .getReader();
    const next = async () => {
      for (let text = ''; ; ) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        text += value;
        const data = /^data: (.*)$/m.exec(text);
        if (data) return JSON.parse(data[1]);
      }
    };
    await change('b-on', {
      variant: 'off',
      until: new Date(Date.now() + 1_500).toISOString(),
    });
    const switched = await next();
    expect(switched).toMatchObject({ type: 'refetchEvaluation' });
    const back = await next();
    expect(back.etag).not.toBe(switched.etag);
    stop.abort();
  });

  it('answers as the protocol says to what is wrong, missing or not allowed', async () => {
    const ask = (
      path: string,
      body: string,
      headers: Record<string, string> = {},
    ) =>
      fetch(`${operations.url}/ofrep/v1/evaluate/flags${path}`, {
        method: 'POST',
        body,
        headers: {
          authorization: mockCredentials.service.header(),
          ...headers,
        },
      });
    const missing = await ask('/nope', '{}');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      key: 'nope',
      errorCode: 'FLAG_NOT_FOUND',
    });
    const wrong = await ask('/b-on', '{"context": 5}');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      key: 'b-on',
      errorCode: 'INVALID_CONTEXT',
    });
    const garbled = await ask('', '{"context"');
    expect(garbled.status).toBe(400);
    expect(await garbled.json()).toMatchObject({ errorCode: 'PARSE_ERROR' });
    const nobody = await ask('', '{}', {
      authorization: mockCredentials.none.header(),
    });
    expect(nobody.status).toBe(401);
    const denied = await ask('', '{}', {
      authorization: mockCredentials.user.header(stranger),
    });
    expect(denied.status).toBe(403);
    const token = mockCredentials.service.token();
    const byKey = await fetch(`${operations.url}/ofrep/v1/evaluate/flags`, {
      method: 'POST',
      headers: { 'x-api-key': token },
    });
    expect(byKey.status).toBe(200);
    const off = await ask('/off', '{}');
    expect(await off.json()).toEqual({
      key: 'off',
      reason: 'DISABLED',
      metadata: { revision: expect.any(Number), context: 'ignored' },
    });
    expect(
      (
        await fetch(`${operations.url}/ofrep/v1/elsewhere`, {
          headers: { authorization: mockCredentials.service.header() },
        })
      ).status,
    ).toBe(404);
  });
});
