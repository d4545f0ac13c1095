import { mockServices } from '@backstage/backend-test-utils';
import { until } from '@craft-easy/backstage-plugin-operations-node/testUtils';
import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { testAction, testContext } from '../../__testUtils__/testApi';
import type { Fact } from '../../lib/actions';
import { Idempotency } from '../../lib/idempotency';
import { anIntent } from '../__testUtils__/rows';
import { AuditedActions } from '../AuditedActions';
import { AuditReader } from '../AuditReader';
import { AuditStore } from '../AuditStore';
import { outcomeOf } from '../entryRows';
import { createRedact } from '../redact';
import { verifyTrail } from '../verification';
import { EntryLeases } from './EntryLeases';
import { OpenEntries } from './OpenEntries';
import { Settler } from './Settler';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const MINUTE = 60_000;

describe.each(databases.eachSupportedId())('a trail on %s', id => {
  let knex: Knex;
  let store: AuditStore;
  let entries: OpenEntries;
  let elapsed: number;
  let now: number;
  let fact: Fact | undefined;

  beforeEach(async () => {
    knex = await databases.init(id, 'audit');
    await knex.schema.createTable('things', table => table.string('name'));
    store = new AuditStore(knex);
    entries = new OpenEntries(knex);
    [elapsed, now] = [0, 1_700_000_000_000];
    fact = undefined;
  });

  const aSettler = () => {
    const settler = new Settler({
      entries,
      store,
      logger: mockServices.logger.mock(),
      now: () => now,
      elapsed: () => elapsed,
    });
    const steps = { about: () => ({ target: 'x' }), plan: () => ({ plan: 1 }) };
    const act = async () => ({ result: {} });
    settler.learn([
      testAction({ name: 'job.run', ...steps, act, facts: async () => fact }),
      testAction({ name: 'thing.make', ...steps, act, facts: 'concluded' }),
      testAction({ name: 'thing.guess', ...steps, act }),
    ]);
    return settler;
  };
  /** Looks, and again after a time in which a living process would have been heard. */
  const settle = async (settler: Settler) => {
    await settler.look();
    elapsed += 6_000;
    return settler.look();
  };
  const outcomes = async () =>
    Object.fromEntries(
      (await knex('audit').where({ kind: 'outcome' })).map(row => {
        const { outcome, error, after } = JSON.parse(row.body);
        return [row.entry_id, { outcome, error, after }];
      }),
    );

  it('[guarantees.3] is settled from the facts where a process left an entry open: as succeeded at once, as unknown after a minute', async () => {
    const settler = aSettler();
    await store.append([anIntent(1, { at: now })], 'run:1');
    await store.append([anIntent(2, { at: now, action: 'thing.make' })]);
    await store.append([anIntent(3, { at: now, action: 'thing.guess' })]);
    fact = { succeeded: { runId: '1' } };
    expect(await settle(settler)).toBe(2);
    expect(await outcomes()).toEqual({
      'entry-1': {
        outcome: 'succeeded',
        after: { runId: '1', settled: expect.stringContaining('facts') },
      },
      'entry-2': {
        outcome: 'failed',
        error: expect.stringContaining('Nothing was changed'),
      },
    });
    now += MINUTE;
    expect(await settler.look()).toBe(1);
    expect((await outcomes())['entry-3']).toEqual({
      outcome: 'unknown',
      error: expect.stringContaining('No facts tell'),
    });
    expect(await entries.list()).toEqual([]);
    expect(await verifyTrail(new AuditReader(knex))).toMatchObject({
      whole: true,
      rows: 6,
    });
  });

  it('[guarantees.3] waits for what is under way elsewhere, and for facts that cannot be had now', async () => {
    const settler = aSettler();
    await store.append([anIntent(1, { at: now - MINUTE })]);
    fact = { underWay: true };
    expect(await settle(settler)).toBe(0);
    fact = undefined;
    const asked = jest.spyOn(entries, 'list');
    expect(await settler.look()).toBe(1);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('[guarantees.3] is left alone as long as another replica is heard, and is settled once by several', async () => {
    const [one, other] = [aSettler(), aSettler()];
    await store.append([anIntent(1, { action: 'thing.make' })]);
    for (let n = 0; n < 5; n += 1) {
      expect([await one.look(), await other.look()]).toEqual([0, 0]);
      elapsed += 3_000;
      await entries.beat(['entry-1']);
    }
    await Promise.all([one.look(), other.look()]);
    elapsed += 6_000;
    await Promise.all([one.look(), other.look()]);
    expect(await knex('audit').where({ kind: 'outcome' })).toHaveLength(1);
  });

  it('[guarantees.3] takes no second outcome from a process that was taken for dead, and keeps what else that process writes', async () => {
    const intent = anIntent(1, { action: 'thing.make' });
    await store.append([intent]);
    await settle(aSettler());
    await Promise.all([
      store.append([outcomeOf(intent, 'succeeded', now, {})]),
      store.append([anIntent(2)]),
    ]);
    expect(await knex('audit').orderBy('sequence').pluck('entry_id')).toEqual([
      'entry-1',
      'entry-1',
      'entry-2',
    ]);
    expect((await outcomes())['entry-1'].outcome).toBe('failed');
  });

  describe('with actions', () => {
    const reason = { reason: 'because it must be' };
    const actions = () =>
      new AuditedActions({
        store,
        leases: new EntryLeases(entries),
        auditor: mockServices.auditor.mock({
          createEvent: async () => ({
            success: async () => {},
            fail: async () => {},
          }),
        }),
        idempotency: new Idempotency(knex),
        redact: createRedact(),
        logger: mockServices.logger.mock(),
      });
    const make = (before = async () => {}) =>
      testAction({
        name: 'thing.make',
        about: () => ({ target: 'things' }),
        plan: () => ({ plan: 'wheel' }),
        async act(name: string, { conclude }) {
          const result = { name };
          await before();
          await knex.transaction(async trx => {
            await trx('things').insert({ name });
            await conclude(trx, { result, after: { name } });
          });
          return { result, after: { name } };
        },
        facts: 'concluded',
      });
    const withKey = () =>
      testContext(reason, { headers: { 'idempotency-key': 'k-1' } });

    it('[guarantees.3] an effect in our own database, its outcome and its answer to a repetition are one transaction', async () => {
      // The process stops with the commit: nothing that it wants to write later arrives.
      const stopping = actions();
      let goOn = () => {};
      const action = make();
      const commit = action.action!.act;
      action.action!.act = async (plan, c) => {
        const outcome = await commit(plan, c);
        await new Promise<void>(resolve => (goOn = resolve));
        return outcome;
      };
      const stopped = stopping.perform(action, withKey());
      const ended = async () =>
        (await outcomes())[Object.keys(await outcomes())[0]];
      await until(async () => !!(await ended()));
      expect(await ended()).toMatchObject({
        outcome: 'succeeded',
        after: { name: 'wheel' },
      });
      expect(await entries.list()).toEqual([]);
      expect(await actions().perform(make(), withKey())).toMatchObject({
        body: { name: 'wheel' },
      });
      expect(await knex('things').pluck('name')).toEqual(['wheel']);
      goOn();
      await stopped;
    });

    describe('done elsewhere, whose outcome could not be written', () => {
      let made: string[];
      const runNow = (act = async () => {}) =>
        testAction({
          name: 'job.run',
          about: () => ({ target: 'job:a' }),
          plan: () => ({ plan: 1, makes: 'run:1' }),
          async act() {
            if (!made.includes('run-1')) made.push('run-1');
            await act();
            return { result: { runId: '1' } };
          },
          facts: async () => fact,
        });
      const rows = async () =>
        (await knex('audit').orderBy('sequence')).map(row => [
          row.kind,
          row.outcome,
        ]);
      const fail = async () => {
        const append = store.append.bind(store);
        const full = jest
          .spyOn(store, 'append')
          .mockImplementation((r, m) =>
            r[0].kind === 'outcome'
              ? Promise.reject(new Error('no room left'))
              : append(r, m),
          );
        const first = actions().perform(
          runNow(async () => {
            throw new Error('no room left');
          }),
          withKey(),
        );
        await expect(first).rejects.toThrow('no room left');
        full.mockRestore();
        expect((await rows()).at(-1)).toEqual(['intent', null]);
      };
      beforeEach(() => {
        made = [];
      });

      it('[guarantees.3] stands once in the trail after a repetition, which goes on with its entry', async () => {
        await fail();
        const { body } = await actions().perform(runNow(), withKey());
        expect(await rows()).toEqual([
          ['intent', null],
          ['outcome', 'succeeded'],
        ]);
        const [{ entry_id: entryId }] = await knex('audit');
        expect(body).toMatchObject({ runId: '1', auditId: entryId });
        expect(made).toEqual(['run-1']);
      });

      it('[guarantees.3] stands once where it was settled before the repetition', async () => {
        await fail();
        fact = { succeeded: { runId: '1' } };
        expect(await settle(aSettler())).toBe(1);
        await actions().perform(runNow(), withKey());
        expect(await rows()).toEqual([
          ['intent', null],
          ['outcome', 'succeeded'],
        ]);
      });

      it('[guarantees.3] stands once also where an attempt before it is known to have failed', async () => {
        const away = actions().perform(
          runNow(async () => {
            throw new Error('the engine is away');
          }),
          withKey(),
        );
        await expect(away).rejects.toThrow('the engine is away');
        await fail();
        fact = { succeeded: { runId: '1' } };
        await actions().perform(runNow(), withKey());
        await settle(aSettler());
        expect(await rows()).toEqual([
          ['intent', null],
          ['outcome', 'failed'],
          ['intent', null],
          ['outcome', 'succeeded'],
        ]);
      });

      it('[guarantees.3] stands twice where the first attempt is known to have failed', async () => {
        const first = actions().perform(
          runNow(async () => {
            throw new Error('the engine is away');
          }),
          withKey(),
        );
        await expect(first).rejects.toThrow('the engine is away');
        await actions().perform(runNow(), withKey());
        expect(await rows()).toEqual([
          ['intent', null],
          ['outcome', 'failed'],
          ['intent', null],
          ['outcome', 'succeeded'],
        ]);
      });
    });

    it('[guarantees.3] an action that was taken for dead meanwhile changes nothing', async () => {
      const settler = aSettler();
      const perform = actions().perform(
        make(async () => {
          await settle(settler);
        }),
        testContext(reason),
      );
      await expect(perform).rejects.toThrow('took this action for dead');
      expect(await knex('things')).toEqual([]);
      expect(Object.values(await outcomes())).toEqual([
        expect.objectContaining({ outcome: 'failed' }),
      ]);
    });
  });
});
