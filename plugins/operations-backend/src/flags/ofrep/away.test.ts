import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express from 'express';
import request from 'supertest';
import { createTestDatabases } from '../../__testUtils__/databases';
import { FlagStore } from '../FlagStore';
import { FlagSnapshot } from './FlagSnapshot';
import { ofrepRouter } from './router';

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('OFREP without %s', id => {
  const MINUTE = 60_000;
  let now: number;

  async function start(store: Pick<FlagStore, 'all'>) {
    now = Date.now();
    const { router } = ofrepRouter({
      snapshot: new FlagSnapshot(store, () => now, 20),
      httpAuth: mockServices.httpAuth({
        defaultCredentials: mockCredentials.service(),
      }),
      permissions: mockServices.permissions.mock({
        authorize: async () => [{ result: AuthorizeResult.ALLOW }],
      }),
    });
    const http = request(express().use(router));
    return {
      one: () => http.post('/v1/evaluate/flags/checkout').send({}),
      all: () => http.post('/v1/evaluate/flags').send({}),
    };
  }

  async function aFlag() {
    const knex = await databases.init(id, 'controls', 'flags');
    const store = new FlagStore(knex);
    await store.insert({
      ...{ key: 'checkout', type: 'boolean', source: 'page' },
      ...{ by: 'user:default/mock', reason: 'a test', at: Date.now() },
      state: {
        ...{ description: '', tags: [], variants: { on: true, off: false } },
        ...{ defaultVariant: 'off', variant: 'on', afterVariant: 'off' },
        until: new Date(Date.now() + 90_000).toISOString(),
      },
    });
    return { knex, store };
  }

  it('[guarantees.7] answers with the last known state and its age; times in it go on', async () => {
    const { knex, store } = await aFlag();
    const ofrep = await start(store);
    const fresh = await ofrep.all().expect(200);
    expect(fresh.body.flags).toMatchObject([{ key: 'checkout', value: true }]);
    expect(fresh.body.metadata).toBeUndefined();
    expect(fresh.headers.age).toBeUndefined();

    await knex.destroy();
    now += MINUTE;
    const aged = { stale: true, ageSeconds: 60 };
    const one = await ofrep.one().expect(200).expect('age', '60');
    expect(one.body).toMatchObject({ value: true, metadata: aged });
    const all = await ofrep.all().expect(200).expect('age', '60');
    expect(all.body.metadata).toEqual(aged);
    expect(all.body.flags[0]).toMatchObject({ value: true, metadata: aged });
    expect(all.headers.etag).toBe(fresh.headers.etag);

    now += MINUTE;
    const later = await ofrep.one().expect(200).expect('age', '120');
    expect(later.body).toMatchObject({ value: false, variant: 'off' });
  });

  it('[guarantees.7] does so too where the database is silent, and takes the newest answer that came', async () => {
    const { knex, store } = await aFlag();
    const answers: Array<() => Promise<any>> = [() => store.all()];
    const ofrep = await start({ all: () => answers.shift()!() });
    await ofrep.one().expect(200);
    answers.push(() => new Promise(() => {}));
    now += MINUTE;
    await ofrep.one().expect(200).expect('age', '60');
    answers.push(async () => []);
    now += MINUTE;
    await ofrep.one().expect(404);
    await knex.destroy();
  });

  it('[guarantees.7] answers 503 where the flags were never read', async () => {
    const { knex, store } = await aFlag();
    const ofrep = await start(store);
    await knex.destroy();
    for (const ask of [ofrep.one, ofrep.all]) {
      const { body } = await ask().expect(503).expect('retry-after', '5');
      expect(body).toEqual({ errorDetails: 'The flags cannot be read now' });
    }
  });
});
