import { KeyRing } from '@craft-easy/backstage-plugin-operations-protocol/signing';
import type { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/databases';
import { anIntent, untriggered } from './__testUtils__/rows';
import { AuditReader } from './AuditReader';
import { AuditStore } from './AuditStore';
import { CheckpointKeys } from './checkpoints/CheckpointKeys';
import { TrailVerifier } from './TrailVerifier';

const databases = createTestDatabases();
const [id] = databases.eachSupportedId()[0];

describe('repeated verification of the trail', () => {
  let knex: Knex;
  let store: AuditStore;
  let read: number;
  let took: number;
  let now: number;
  let verifier: TrailVerifier;

  beforeEach(async () => {
    knex = await databases.init(id, 'audit');
    store = new AuditStore(knex);
    await untriggered(knex);
    await store.append([1, 2, 3, 4].map(n => anIntent(n)));
    const reader = new AuditReader(knex);
    [read, took, now] = [0, 1000, 0];
    verifier = new TrailVerifier({
      reader: {
        head: () => reader.head(),
        row: sequence => reader.row(sequence),
        rowsAfter: async (sequence, limit) => {
          const rows = await reader.rowsAfter(sequence, limit);
          read += rows.length;
          now += took;
          return rows;
        },
      },
      keys: new CheckpointKeys(new KeyRing([])),
      store: { start: async () => undefined },
      checkpoints: { known: async () => [], keptIn: [] },
      now: () => now,
    });
  });

  const change = (sequence: number) =>
    knex('audit').where({ sequence }).update({ actor: 'user:default/evil' });

  it('[access.3] reads every row again if that is quick', async () => {
    took = 0;
    await verifier.verify();
    await change(2);
    expect(await verifier.verify()).toMatchObject({
      whole: false,
      brokenAt: { sequence: 2 },
    });
  });

  it('walks once for concurrent callers', async () => {
    const all = await Promise.all([1, 2, 3].map(() => verifier.verify()));
    expect([read, new Set(all).size]).toEqual([4, 1]);
  });

  it('[access.3] continues from a long walk, says so, and later starts from the beginning again', async () => {
    const first = await verifier.verify();
    expect(first).toMatchObject({ whole: true, rows: 4 });
    expect(first.continues).toBeUndefined();
    await store.append([anIntent(5)]);
    await change(2);
    expect(await verifier.verify()).toMatchObject({
      whole: true,
      rows: 5,
      continues: { sequence: 4, checkedAt: first.checkedAt },
    });
    expect(read).toBe(5);
    // Verification for a checkpoint or for retention always reads every row.
    expect(await verifier.verifyAll([])).toMatchObject({ whole: false });
    now += 20_000;
    expect(await verifier.verify()).toMatchObject({
      whole: false,
      brokenAt: { sequence: 2 },
    });
  });

  it('[access.3] names the first broken row as soon as a new one does not follow', async () => {
    await verifier.verify();
    await store.append([5, 6].map(n => anIntent(n)));
    await Promise.all([change(2), change(6)]);
    const found = await verifier.verify();
    expect(found).toMatchObject({ whole: false, brokenAt: { sequence: 2 } });
    expect(found.continues).toBeUndefined();
  });

  it('[access.3] does not trust an earlier walk for rows that were deleted since', async () => {
    await verifier.verify();
    await knex('audit').where('sequence', '>', 2).delete();
    const [{ hash }] = await knex('audit').where({ sequence: 2 });
    await knex('audit_head').update({ sequence: 2, hash });
    // The shortened chain is consistent in itself: only a checkpoint reveals the missing rows.
    expect(await verifier.verify()).toMatchObject({ whole: true, rows: 2 });
    await store.append([7, 8, 9].map(n => anIntent(n)));
    expect((await verifier.verify()).continues).toMatchObject({ sequence: 2 });
  });
});
