import type { EngineIntake } from '@craft-easy/backstage-plugin-operations-node';
import { jobId } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedactText } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Knex } from 'knex';
import { int, whereAnyOf } from '../../lib/sql';
import type { RecordedBatch } from '../ports';
import type { DatabaseRunRecorder } from '../recorder/DatabaseRunRecorder';
import type { DatabaseJobRegistry } from '../registry/DatabaseJobRegistry';

/**
 * How an engine writes what its jobs report to the portal's API. Redis has no part in it.
 *
 * @param options.engine - its name: registrations and records of other engines are refused
 */
export function createIntake(options: {
  engine: string;
  knex: Knex;
  recorder: DatabaseRunRecorder;
  registry: DatabaseJobRegistry;
  redact: RedactText;
  onApplied(batch: RecordedBatch): void;
  /** `registry`: jobs appeared or changed; `jobs`: their runs did */
  onChanged(topic: string): void;
}): EngineIntake {
  const { engine, knex, recorder, registry, redact } = options;
  const idOf = (name: string) => jobId({ engine, name });
  const nameOf = (id: string) => id.slice(engine.length + 1);

  return {
    redact,

    async take(work) {
      let declared: string[] = [];
      const batch = await recorder.restate(async trx => {
        const { registrations, records } = await work(trx);
        if ([...registrations, ...records].some(r => r.engine !== engine)) {
          throw new Error(`The engine ${engine} reports for another engine`);
        }
        const now = Date.now();
        declared = (await registry.declare(trx, registrations, now)).changed;
        return records;
      });
      if (declared.length) options.onChanged('registry');
      if (batch.applied.length) options.onApplied(batch);
      if (batch.jobIds.length) options.onChanged('jobs');
    },

    async registrationsOf(db, names) {
      const found = await registry.registrationsOf(names.map(idOf), db);
      return new Map([...found].map(([id, one]) => [nameOf(id), one]));
    },

    async countJobs(db) {
      const [row] = await db('jobs').where({ engine }).count({ n: '*' });
      return int(row.n);
    },

    async statesOf(runIds) {
      const query = knex('runs').select('id', 'status');
      const rows = await whereAnyOf(query, 'id', runIds);
      return new Map(rows.map(row => [row.id, row.status]));
    },
  };
}
