import type { Knex } from 'knex';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { createTestDatabases } from '../../__testUtils__/databases';
import { aRecord, aRegistration, ended } from '../../__testUtils__/records';
import { JobFactsStore } from '../attention/JobFactsStore';
import { DatabaseJobRegistry } from '../registry/DatabaseJobRegistry';
import { RetentionStore } from '../retention/RetentionStore';
import { RUNS } from '../runs/runRow';
import { DatabaseRunRecorder } from './DatabaseRunRecorder';
import { executionsOf } from './executions';

jest.setTimeout(60_000);

const databases = createTestDatabases();
const ID = 'nightly.1795828500000';

describe.each(databases.eachSupportedId())(
  '[protocol.5] a guarded run with a second start, on %s',
  id => {
    let knex: Knex;
    let recorder: DatabaseRunRecorder;

    beforeEach(async () => {
      knex = await databases.init(id, 'jobs');
      recorder = new DatabaseRunRecorder(knex);
    });

    const declare = (manualRun: boolean) =>
      new DatabaseJobRegistry(knex).syncRegistrations(
        [
          {
            registration: aRegistration({ name: 'nightly', manualRun }),
            seenAt: Date.now(),
          },
        ],
        Date.now(),
      );

    const first: RunRecord = ended({
      id: ID,
      trigger: 'schedule',
      startedAt: '2026-11-28T01:15:00.044Z',
      seconds: 3,
      workerId: 'one',
    });
    const second: RunRecord = ended({
      id: ID,
      trigger: 'schedule',
      startedAt: '2026-11-28T01:15:12.554Z',
      seconds: 4,
      workerId: 'two',
    });
    const start = ({ startedAt, workerId }: RunRecord): RunRecord =>
      aRecord({
        id: ID,
        trigger: 'schedule',
        state: 'running',
        at: startedAt!,
        startedAt,
        workerId,
      });

    const kept = async () => {
      const row = RUNS.read(await knex('runs').where({ id: ID }).first());
      return (await executionsOf(knex, row)).map(e => [
        e.worker_id,
        new Date(e.started_at).toISOString(),
        e.status,
      ]);
    };
    const both = [
      ['one', first.startedAt, 'succeeded'],
      ['two', second.startedAt, 'succeeded'],
    ];

    it.each<[string, (one: RunRecord, two: RunRecord) => RunRecord[][]]>([
      [
        'one after the other',
        (one, two) => [[start(one), one], [start(two)], [two]],
      ],
      ['in one batch', (one, two) => [[start(one), start(two), one, two]]],
      ['the second one first', (one, two) => [[two], [one]]],
      [
        'at the same time',
        (one, two) => [[start(one)], [start(two)], [two], [one]],
      ],
      [
        'again and again',
        (one, two) => [[one], [two], [one], [start(two)], [two]],
      ],
    ])('is kept with both executions, reported %s', async (_, batches) => {
      await declare(false);
      for (const batch of batches(first, second)) await recorder.record(batch);
      expect(await kept()).toEqual(both);
      const [twice, ...others] = await new JobFactsStore(knex).executedTwice(0);
      expect(others).toEqual([]);
      expect(twice).toMatchObject({
        runId: ID,
        jobId: 'bullmq/nightly',
        executions: [{ workerId: 'one' }, { workerId: 'two' }],
      });
      // and the history still has one run
      expect(await knex('runs')).toHaveLength(1);
    });

    it('counts as a second one where only the worker differs', async () => {
      await declare(false);
      await recorder.record([first]);
      await recorder.record([{ ...first, workerId: 'two' }]);
      expect(await kept()).toHaveLength(2);
    });

    it('does not count where records repeat one execution, or the run is lost and heard of again', async () => {
      await declare(false);
      const { workerId: _, ...unknown } = first;
      await recorder.record([start(first)]);
      await recorder.record([{ ...unknown, state: 'lost' }]);
      await recorder.record([first, first]);
      expect(await kept()).toEqual([]);
    });

    it('does not count where the job may run again', async () => {
      await declare(true);
      await recorder.record([first]);
      await recorder.record([second]);
      expect(await kept()).toEqual([]);
    });

    it('is gone with its run', async () => {
      await declare(false);
      await recorder.record([first, second]);
      await new RetentionStore(knex).deleteRuns('bullmq/nightly', Date.now());
      expect(await knex('run_executions')).toEqual([]);
    });
  },
);
