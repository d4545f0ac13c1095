import { Agent, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials } from '@backstage/backend-test-utils';
import {
  aRegistration,
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import {
  operationsEndpoints,
  type Endpoint,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { protocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import {
  largestBodies,
  MAX_BODY_BYTES,
  MAX_QUERY,
} from '../__testUtils__/largest';
import { longestTurn } from '../__testUtils__/longestTurn';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';

jest.setTimeout(300_000);

/** For how long a request may hold up everybody else, in milliseconds of the processor. */
const MOST_MS = 50;
/** What is compiled on the way, and a collection of garbage, are not the request's own. */
const TRIES = 15;

/** Texts that have been trouble; every route gets the first ones. */
const FILLERS = [
  ' ',
  'password="',
  '\u202e',
  'a-',
  '"',
  '-----BEGIN PRIVATE KEY-----',
  '\t',
  '\\',
  '0',
  '{"a":',
  'password= ',
  '://a:',
  'a@a.',
  'eyJhbGciOiJI.',
];

const PARAMETERS: Record<string, string> = { ':engine': 'protocol' };

/** The portal may close a connection whose request it refuses; each request has its own. */
const agent = new Agent({ keepAlive: false });

interface Asked {
  method: string;
  path: string;
  body?: string;
  /** a stream of events does not end by itself */
  endless?: boolean;
}

describe('[guarantees.1] no request holds up the others', () => {
  let redis: PrivateTestRedis;
  let portal: TestPortal;
  let port: number;
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    redis = await startPrivateRedis();
    await announce();
    portal = await startPortal({
      redis,
      config: { actions: { perMinute: 0 } },
    });
    port = (portal.server.address() as AddressInfo).port;
    await eventually(
      async () => (await portal.client().call('GET /jobs')).items.length > 0,
    );
  });
  afterAll(async () => {
    await portal.stop();
    await redis.close();
  });

  /** A job that takes whatever is sent. */
  async function announce() {
    const client = redis.client();
    const keys = protocolKeys(redis.namespace);
    const job = aRegistration({
      engine: 'protocol',
      name: 'nightly',
      parametersSchema: {
        type: 'object',
        properties: {
          sku: { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' },
          text: { type: 'string' },
          list: { type: 'array', uniqueItems: true },
        },
      },
    });
    await client.hset(keys.registry, 'protocol/nightly', JSON.stringify(job));
    await client.zadd(
      keys.registrySeen,
      Date.now() + 3_600_000,
      'protocol/nightly',
    );
    client.disconnect();
  }

  const ask = ({ method, path, body, endless }: Asked): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = send(
        {
          port,
          agent,
          method,
          path,
          headers: {
            authorization: mockCredentials.user.header(),
            'idempotency-key': `${Math.random()}`,
            'if-match': '*',
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        response => {
          response.resume();
          const done = () => resolve(response.statusCode!);
          if (endless) {
            response.destroy();
            done();
          } else {
            response.on('end', done).on('error', reject);
          }
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  /** The shortest of the longest turns of several tries. */
  async function heldFor(asked: Asked): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < TRIES && least > MOST_MS; i++) {
      const turn = await longestTurn(async () => {
        const status = await ask(asked);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      });
      least = Math.min(least, turn);
    }
    return least;
  }

  const requestsOf = (key: string, endpoint: Endpoint, filler: string) => {
    const [method, path] = key.split(' ');
    const at = `/api/operations/v1${path.replace(
      /:\w+/g,
      name => PARAMETERS[name] ?? 'nightly',
    )}`;
    const endless = endpoint.produces?.includes('text/event-stream');
    const requests: Asked[] = [];
    if (endpoint.body) {
      for (const body of largestBodies(endpoint.body, filler)) {
        requests.push({ method, path: at, body });
      }
    }
    const text = encodeURIComponent(filler);
    const wide = text.repeat(Math.floor(MAX_QUERY / text.length));
    for (const name of Object.keys(
      (endpoint.query as { shape?: object } | undefined)?.shape ?? {},
    )) {
      requests.push({ method, path: `${at}?${name}=${wide}`, endless });
    }
    requests.push({ method, path: `${at}?${wide}`, endless });
    if (path.includes(':')) {
      requests.push({
        method,
        path: `/api/operations/v1${path
          .replace(/:\w+/, wide)
          .replace(/:\w+/g, 'x')}`,
        endless,
      });
    }
    return requests;
  };

  it.each(FILLERS.slice(0, 3))('whatever is sent: %j', async filler => {
    const held: unknown[] = [];
    for (const [key, endpoint] of Object.entries(operationsEndpoints)) {
      for (const asked of requestsOf(key, endpoint, filler)) {
        const ms = await heldFor(asked);
        if (ms > MOST_MS) {
          held.push([
            ms,
            key,
            asked.path.slice(0, 100),
            asked.body?.slice(0, 100),
          ]);
        }
      }
    }
    expect(held).toEqual([]);
  });

  it('and the parameters of a job, as large as they are accepted', async () => {
    const path = '/api/operations/v1/jobs/protocol/nightly/runs';
    const held: unknown[] = [];
    for (const parameters of [
      ...FILLERS.map(filler => ({
        text: filler.repeat(200_000 / filler.length),
      })),
      ...FILLERS.map(filler => ({
        sku: filler.repeat(200_000 / filler.length),
      })),
      { list: Array.from({ length: 40_000 }, (_, i) => i) },
      { list: Array.from({ length: 15_000 }, (_, i) => ({ i })) },
      { text: JSON.stringify(Array.from({ length: 50_000 }, () => [])) },
    ]) {
      const full = JSON.stringify({ reason: 'a good reason', parameters });
      const body =
        full.length <= MAX_BODY_BYTES
          ? full
          : JSON.stringify({
              reason: 'a good reason',
              parameters: JSON.parse(
                JSON.stringify(parameters, (_, value) =>
                  typeof value === 'string' ? value.slice(0, 40_000) : value,
                ),
              ),
            });
      const ms = await heldFor({ method: 'POST', path, body });
      if (ms > MOST_MS) held.push([ms, body.slice(0, 80)]);
    }
    expect(held).toEqual([]);
    expect(statuses.get(202)).toBeGreaterThan(FILLERS.length);
  });

  it('and the evaluation of flags', async () => {
    const held: unknown[] = [];
    for (const filler of FILLERS) {
      const context = { targetingKey: filler.repeat(100_000 / filler.length) };
      for (const path of [
        '',
        '/a-flag',
        `/${encodeURIComponent(filler).repeat(100)}`,
      ]) {
        const ms = await heldFor({
          method: 'POST',
          path: `/ofrep/v1/evaluate/flags${path}`,
          body: JSON.stringify({ context }),
        });
        if (ms > MOST_MS) held.push([ms, filler, path]);
      }
    }
    expect(held).toEqual([]);
  });

  it('and all of them are answered, with no error of the portal', () => {
    expect([...statuses.keys()].filter(status => status >= 500)).toEqual([]);
    expect(statuses.get(400)).toBeGreaterThan(500);
    expect(statuses.get(200)).toBeGreaterThan(100);
  });
});

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setImmediate(resolve));
}
