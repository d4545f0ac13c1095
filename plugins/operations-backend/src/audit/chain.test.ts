import fc from 'fast-check';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { AuditReader } from './AuditReader';
import { AuditStore } from './AuditStore';
import { anIntent, untriggered } from './__testUtils__/rows';
import { outcomeOf } from './entryRows';
import { verifyTrail } from './verification';

jest.setTimeout(120_000);

const databases = createTestDatabases();

const ENTRIES = 8;
const TEXTS = [
  'entry_id',
  'kind',
  'actor',
  'action',
  'target',
  'job_id',
  'tenant',
  'outcome',
  'body',
  'previous_hash',
  'hash',
] as const;
const NUMBERS = ['sequence', 'at'] as const;
const COLUMNS = [...TEXTS, ...NUMBERS];

describe.each(databases.eachSupportedId())('a tampered trail on %s', id => {
  let knex: Knex;
  let reader: AuditReader;
  beforeAll(async () => {
    knex = await databases.init(id, 'audit');
    const store = new AuditStore(knex);
    reader = new AuditReader(knex);
    await store.append(
      Array.from({ length: ENTRIES }, (_, i) => {
        const intent = anIntent(i, {
          ...(i % 2 && { tenant: 'acme', jobId: 'bullmq/nightly' }),
          parameters: { i, text: 'Å\u{1f600}' },
        });
        return [intent, outcomeOf(intent, 'succeeded', intent.at + 5, {})];
      }).flat(),
    );
    await untriggered(knex);
  });

  /** Applies a change to the table, verifies the trail, and rolls the change back. */
  async function foundOut(change: (trx: Knex.Transaction) => Promise<unknown>) {
    const trx = await knex.transaction();
    try {
      const refused = await change(trx).then(
        () => false,
        // The table itself rejects two rows with the same number or entry.
        error => /unique/i.test(error.message),
      );
      if (refused) return true;
      return !(await verifyTrail(new AuditReader(trx))).whole;
    } finally {
      await trx.rollback();
    }
  }

  const row = fc.integer({ min: 1, max: 2 * ENTRIES });
  const changed = (text: string, at: number, by: number) => {
    const chars = [...text];
    const i = at % chars.length;
    const code = chars[i].codePointAt(0)!;
    // Replaces the character by another printable one.
    chars[i] = String.fromCodePoint(33 + ((code - 33 + by + 94) % 94));
    return chars.join('');
  };

  it('[access.3] is noticed whichever byte of whichever row is changed', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        row,
        fc.constantFrom(...COLUMNS),
        fc.nat(2_000),
        fc.integer({ min: 1, max: 93 }),
        async (sequence, column, at, by) => {
          const before = await knex('audit').where({ sequence }).first();
          let value: unknown;
          if (column === 'sequence')
            value = Number(before.sequence) + 1000 + by;
          else if (column === 'at') value = Number(before.at) + by;
          else if (before[column] === null) value = 'x';
          else value = changed(before[column], at, by);
          if (value === before[column]) return true;
          seen.add(column);
          return foundOut(trx =>
            trx('audit')
              .where({ sequence })
              .update({ [column]: value }),
          );
        },
      ),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual([...COLUMNS].sort());
  });

  it('[access.3] is noticed when rows are deleted, emptied or put in another order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, maxLength: 4 }),
        rows =>
          foundOut(trx => trx('audit').whereIn('sequence', rows).delete()),
      ),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(row, fc.constantFrom(...COLUMNS), (sequence, column) =>
        foundOut(async trx => {
          const nullable = ['job_id', 'tenant', 'outcome'].includes(column);
          const [before] = await trx('audit').where({ sequence });
          if (nullable && before[column] !== null) {
            await trx('audit')
              .where({ sequence })
              .update({ [column]: null });
          } else {
            await trx('audit').where({ sequence }).delete();
          }
        }),
      ),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 2, maxLength: 2 }),
        ([a, b]) =>
          foundOut(async trx => {
            const move = (from: number, to: number) =>
              trx('audit').where({ sequence: from }).update({ sequence: to });
            await move(a, 5000);
            await move(b, a);
            await move(5000, b);
          }),
      ),
      { numRuns: 40 },
    );
  });

  it('[access.3] is noticed when the note of its end is changed', async () => {
    for (const change of [
      { sequence: 3 },
      { sequence: 2 * ENTRIES + 1 },
      { hash: 'a'.repeat(64) },
    ]) {
      expect(await foundOut(trx => trx('audit_head').update(change))).toBe(
        true,
      );
    }
    expect(await foundOut(trx => trx('audit_head').delete())).toBe(true);
    expect(await verifyTrail(reader)).toMatchObject({ whole: true });
  });
});
