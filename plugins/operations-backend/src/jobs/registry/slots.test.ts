import type { Knex } from 'knex';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord, aRegistration, ended } from '../../__testUtils__/records';
import { JobAccess } from '../../permissions/JobAccess';
import { InventoryStore } from '../inventory/InventoryStore';
import { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import { HistoryStore } from '../runs/HistoryStore';
import { RunStore } from '../runs/RunStore';
import { DatabaseJobRegistry } from './DatabaseJobRegistry';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(`2026-11-${text}:00.000Z`);
const iso = (ms: number) => new Date(ms).toISOString();

describe.each(databases.eachSupportedId())(
  'the slots of a job that another scheduler fires, on %s',
  id => {
    let knex: Knex;
    let registry: DatabaseJobRegistry;
    let recorder: DatabaseRunRecorder;
    beforeEach(async () => {
      knex = await databases.init(id, 'jobs');
      registry = new DatabaseJobRegistry(knex);
      recorder = new DatabaseRunRecorder(knex);
    });

    const nightly = {
      schedule: {
        cron: '0 2 * * *',
        by: 'external',
        firedBy: 'cron on db-1',
      },
      missedAfterMs: 30 * MINUTE,
    } as const;
    const sync = (
      given: Parameters<typeof aRegistration>[0],
      seenAt: number,
      now = seenAt,
    ) =>
      registry.syncRegistrations(
        [{ registration: aRegistration(given), seenAt }],
        now,
      );
    const job = async () =>
      (await new InventoryStore(knex).get(
        'bullmq/nightly',
        new JobAccess(true),
      ))!.job;
    const slotOfRun = async (run: string) =>
      (await new RunStore(knex).get(run))!.scheduled_for;
    const begins = (run: string, begun: number, more = {}) =>
      recorder.record([
        aRecord({
          ...{ id: run, state: 'running', trigger: 'api', ...more },
          ...{ at: iso(begun), startedAt: iso(begun) },
        }),
      ]);

    it('[protocol.2] a run counts for the slot that it begins in, whatever its report says of its slot', async () => {
      await sync(nightly, at('19T12:00'));
      await begins('r1', at('20T02:00') + 3000, {
        scheduledFor: iso(at('19T02:00')),
      });
      expect(await slotOfRun('r1')).toBe(at('20T02:00'));
      await recorder.record([
        ended({
          ...{ id: 'r1', trigger: 'api', seconds: 60 },
          startedAt: iso(at('20T02:00') + 3000),
        }),
      ]);
      expect(await slotOfRun('r1')).toBe(at('20T02:00'));
      await registry.passSchedules(at('20T02:01'));
      expect(await job()).toMatchObject({
        due_slot: null,
        next_run_at: at('21T02:00'),
      });
      expect(await new HistoryStore(knex).slotRun('bullmq/nightly')).toEqual({
        ...{ id: 'r1', slot: at('20T02:00'), begun: at('20T02:00') + 3000 },
      });
    });

    it('[protocol.2] a run that waits, or that somebody started by hand, is for no slot', async () => {
      await sync(nightly, at('19T12:00'));
      await recorder.record([
        aRecord({
          ...{ id: 'waits', state: 'queued', trigger: 'schedule' },
          at: iso(at('20T02:00')),
          scheduledFor: iso(at('20T02:00')),
        }),
      ]);
      await begins('by-hand', at('20T02:05'), { trigger: 'manual' });
      // over the stream it is only said to be by hand
      await begins('claimed', at('20T02:06'), {
        claims: { trigger: 'manual', triggeredBy: 'user:default/ann' },
      });
      expect(await slotOfRun('waits')).toBeNull();
      expect(await slotOfRun('by-hand')).toBeNull();
      expect(await slotOfRun('claimed')).toBeNull();
      await registry.passSchedules(at('20T02:10'));
      expect(await job()).toMatchObject({ due_slot: at('20T02:00') });
    });

    it('[protocol.2] a slot without a run is due, then missed, until one begins for it or for a later one', async () => {
      await sync(nightly, at('19T12:00'));
      await registry.passSchedules(at('20T02:10'));
      expect(await job()).toMatchObject({
        due_slot: at('20T02:00'),
        missed_slot: null,
      });
      await registry.passSchedules(at('20T02:31'));
      expect(await job()).toMatchObject({ missed_slot: at('20T02:00') });
      await begins('late', at('20T03:00'));
      expect(await slotOfRun('late')).toBe(at('20T02:00'));
      expect(await job()).toMatchObject({ due_slot: null, missed_slot: null });
    });

    it('[protocol.4] a slot of the future, whoever reports it, hides none that is missed', async () => {
      await sync({ schedule: { cron: '0 2 * * *' } }, at('19T12:00'));
      const far = iso(Date.now() + 365 * 24 * HOUR);
      await recorder.record([
        aRecord({
          ...{ id: 'forged', state: 'running', trigger: 'schedule' },
          ...{ at: far, startedAt: far, scheduledFor: far },
        }),
      ]);
      await registry.passSchedules(at('20T02:10'));
      expect(await job()).toMatchObject({ due_slot: at('20T02:00') });
    });

    it('[protocol.2] an interval counts from the run before, late or not', async () => {
      const every = {
        schedule: { everyMs: HOUR, by: 'external' },
        missedAfterMs: 10 * MINUTE,
      } as const;
      await sync(every, at('20T12:05'));
      // nothing is known of its phase, so nothing is due within the first interval
      expect(await job()).toMatchObject({ next_run_at: at('20T13:05') });
      await begins('a', at('20T12:20'));
      expect(await job()).toMatchObject({ next_run_at: at('20T13:20') });
      await registry.passSchedules(at('20T13:25'));
      expect(await job()).toMatchObject({ due_slot: at('20T13:20') });
      await begins('b', at('20T13:26'));
      expect(await slotOfRun('b')).toBe(at('20T13:20'));
      expect(await job()).toMatchObject({
        due_slot: null,
        next_run_at: at('20T14:26'),
      });
      await begins('again', at('20T13:40'));
      expect(await slotOfRun('again')).toBeNull();
      await registry.passSchedules(at('20T14:37'));
      expect(await job()).toMatchObject({ missed_slot: at('20T14:26') });
    });

    it('[protocol.2] it is announced for as long as it is registered: nothing beats between its runs', async () => {
      await sync(nightly, at('19T12:00'));
      await sync(nightly, at('19T12:00'), at('21T12:00'));
      expect((await job()).registered).toBe(true);
      await registry.syncRegistrations([], at('21T12:00'));
      expect((await job()).registered).toBe(false);
    });
  },
);
