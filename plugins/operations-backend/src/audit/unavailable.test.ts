import { mockCredentials } from '@backstage/backend-test-utils';
import {
  startPrivateRedis,
  type PrivateTestRedis,
} from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { DENY } from '../__testUtils__/startOperations';
import { startPortal, type TestPortal } from '../__testUtils__/startPortal';

jest.setTimeout(120_000);

const databases = createTestDatabases();
const base = '/api/operations/v1';

/**
 * Reports of platform services, and queries: nobody's action, so the trail has no entry for them.
 */
const NO_ACTIONS = [
  'POST /audit/verification',
  'POST /caches/{target}/previews',
  'POST /migrations/reports',
  'POST /run-bulks/preview',
  'POST /webhook-failures/reports',
  'POST /webhook-replays/claims',
  'POST /webhook-replays/commands/{id}/outcome',
];
/** Written by a scheduled task, or before anything is authorised. */
const NOT_DONE_BY_ANYBODY = [
  'action_pace',
  'attention_sources',
  'cache_leases',
  'queue_samples',
];
/** These look up their resource first and end with 404 where it does not exist. */
const LOOK_FIRST =
  /^POST \/(webhook-(failures|replays|suppressions)|run-bulks)\/\{id\}\/\w+$/;

describe('with an audit trail that cannot be written', () => {
  let redis: PrivateTestRedis;
  let knex: Knex;
  let portal: TestPortal;
  let endpoints: string[];

  beforeAll(async () => {
    redis = await startPrivateRedis();
    knex = await databases.init('SQLITE_3');
    portal = await startPortal({
      redis,
      knex,
      policy: () => DENY,
    });
    const { body } = await request(portal.server).get(`${base}/openapi.json`);
    endpoints = Object.entries(body.paths as Record<string, object>).flatMap(
      ([path, methods]) =>
        Object.keys(methods)
          .filter(method => method !== 'get')
          .map(method => `${method.toUpperCase()} ${path}`),
    );
    await knex.schema.renameTable('audit_head', 'elsewhere');
  });
  afterAll(async () => {
    await portal?.stop();
    await redis.close();
  });

  const everything = async () => {
    const tables: Array<{ name: string }> = await knex('sqlite_master')
      .where({ type: 'table' })
      .whereNotIn('name', NOT_DONE_BY_ANYBODY)
      .select('name');
    return JSON.stringify(
      await Promise.all(tables.map(t => knex(t.name).select())),
    );
  };
  const send = (endpoint: string, headers: Record<string, string>) => {
    const [method, path] = endpoint.split(' ');
    return request(portal.server)
      [method.toLowerCase() as 'post'](
        `${base}${path.replace(/\{\w+\}/g, 'x')}`,
      )
      .set(headers)
      .send({ reason: 'a perfectly good reason' });
  };
  const signedIn = { authorization: mockCredentials.user.header() };

  it('[access.4] every action of the route table is refused for that reason, also for callers without permission, and nothing happens', async () => {
    const before = await everything();
    const answers = new Map<string, number>();
    for (const endpoint of endpoints) {
      answers.set(endpoint, (await send(endpoint, signedIn)).status);
    }
    const through = [...answers].filter(
      ([endpoint, status]) =>
        status !== 503 &&
        !(LOOK_FIRST.test(endpoint) && status === 404) &&
        !(NO_ACTIONS.includes(endpoint) && status === 403),
    );
    expect(through).toEqual([]);
    expect([...answers.values()].filter(s => s === 503).length).toBeGreaterThan(
      18,
    );
    expect(await everything()).toBe(before);
  });

  it('a cookie opens no route, and no stream: only a bearer token does', async () => {
    const token = signedIn.authorization.replace(/^Bearer /, '');
    const { body } = await request(portal.server).get(`${base}/openapi.json`);
    const all = Object.entries(body.paths as Record<string, object>).flatMap(
      ([path, methods]) =>
        Object.keys(methods).map(m => `${m.toUpperCase()} ${path}`),
    );
    const cookie = ['backstage-auth', 'backstage-operations', 'token']
      .map(name => `${name}=${encodeURIComponent(token)}`)
      .join('; ');
    for (const endpoint of all) {
      const [method, path] = endpoint.split(' ');
      const { status } = await request(portal.server)
        [method.toLowerCase() as 'post'](
          `${base}${path.replace(/\{\w+\}/g, 'x')}`,
        )
        .set({ authorization: mockCredentials.none.header(), cookie })
        .set('origin', 'https://evil.example');
      expect([endpoint, status]).toEqual([endpoint, 401]);
    }
  });
});
