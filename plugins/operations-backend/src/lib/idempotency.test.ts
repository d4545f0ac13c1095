import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { Idempotency, idempotencyOf } from './idempotency';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('an idempotency key on %s', id => {
  let knex: Knex;
  let idempotency: Idempotency;
  const request = idempotencyOf('user:default/ada', 'k-1', { n: 1 })!;

  beforeEach(async () => {
    knex = await databases.init(id, 'audit');
    idempotency = new Idempotency(knex);
  });

  it('[guarantees.3] of a process that died is taken over, and answered within two seconds', async () => {
    await knex('idempotency_keys').insert({
      actor: request.actor,
      key: request.key,
      request_hash: request.requestHash,
      claimed_at: Date.now(),
      owner: 'a process that died',
      beat: 7,
    });
    const began = performance.now();
    expect(await idempotency.once(request, async () => 'done')).toBe('done');
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('[guarantees.3] of a request that takes long is not taken over while its process lives', async () => {
    let calls = 0;
    let finish = (_: string) => {};
    const first = idempotency.once(request, async () => {
      calls += 1;
      return new Promise<string>(resolve => (finish = resolve));
    });
    const beat = async () =>
      Number((await knex('idempotency_keys').first())?.beat ?? 0);
    const second = idempotency.once(request, async () => {
      calls += 1;
      return 'another';
    });
    // Longer than a silent one would be waited for.
    await until(async () => (await beat()) >= 5, { seen: beat, everyMs: 50 });
    finish('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect(calls).toBe(1);
  });

  it('[guarantees.3] that another request took over cannot be given a result any more', async () => {
    const first = idempotency.once(request, async claim => {
      await knex('idempotency_keys').update({ owner: 'another' });
      await knex.transaction(trx => claim.remember(trx, 'done'));
    });
    await expect(first).rejects.toThrow('has taken over');
    expect(await knex('idempotency_keys').pluck('result')).toEqual([null]);
  });
});
