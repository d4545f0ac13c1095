import request from 'supertest';
import { createTestDatabases } from '../__testUtils__/databases';
import { startOperations } from '../__testUtils__/startOperations';
import { ActionPace } from './ActionPace';
import { AuditReader } from './AuditReader';

jest.setTimeout(60_000);

const databases = createTestDatabases();

describe.each(databases.eachSupportedId())('the pace of actions on %s', id => {
  it('allows a minute’s worth at once over all replicas, then one at a time, per actor', async () => {
    const knex = await databases.init(id, 'audit');
    let now = 1_700_000_000_000;
    const replicas = [0, 1].map(() => new ActionPace(knex, 10, () => now));
    const tries = async (n: number, actor: string) =>
      (
        await Promise.allSettled(
          Array.from({ length: n }, (_, i) => replicas[i % 2].count(actor)),
        )
      ).filter(r => r.status === 'fulfilled').length;
    expect(await tries(25, 'user:default/anna')).toBe(10);
    expect(await tries(5, 'user:default/jonas')).toBe(5);
    await expect(replicas[0].count('user:default/anna')).rejects.toMatchObject({
      statusCode: 429,
      retryAfterSeconds: 6,
    });
    now += 6_000;
    expect(await tries(3, 'user:default/anna')).toBe(1);
    now += 60_000;
    expect(await tries(25, 'user:default/anna')).toBe(10);
    now += 120_000;
    await replicas[0].prune();
    expect(await knex('action_pace')).toEqual([]);
  });

  it('answers 429 with a Retry-After, and writes no row', async () => {
    const knex = await databases.init(id, 'jobs', 'audit');
    const operations = await startOperations({
      knex,
      config: { operations: { actions: { perMinute: 2 } } },
    });
    try {
      const cancel = () =>
        request(operations.server)
          .post('/api/operations/v1/runs/none/cancel')
          .send({ reason: 'a good reason' });
      const answers = [await cancel(), await cancel(), await cancel()];
      expect(answers.map(a => a.status)).toEqual([404, 404, 429]);
      expect(answers[2].headers['retry-after']).toBe('30');
      expect(answers[2].body.error).toMatchObject({
        name: 'TooManyActionsError',
        message: expect.stringContaining('2 actions a minute'),
      });
      expect((await new AuditReader(knex).head())!.sequence).toBe(0);
    } finally {
      await operations.stop();
    }
  });
});
