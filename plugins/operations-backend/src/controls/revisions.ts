import type { ControlKind } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { Knex } from 'knex';
import { int } from '../lib/sql';

/**
 * Takes the next revision of a kind, and holds the kind's row until the transaction ends: those who
 * change controls of a kind follow each other, over all replicas, and revisions are in the order of
 * commits. A revision is not below the clock, so that it grows even after an older database was
 * restored.
 *
 * @param above - the revision must be greater than this one, too
 */
export async function nextRevision(
  trx: Knex,
  kind: ControlKind,
  now: number,
  above: number = 0,
): Promise<number> {
  const least = Math.max(now, above + 1);
  const [row] = await trx('control_revisions')
    .where({ kind })
    .update({
      revision: trx.raw(
        'case when revision >= ? then revision + 1 else ? end',
        [least, least],
      ),
    })
    .returning('revision');
  return int(row.revision);
}

/** The revision up to which each kind was changed. */
export async function currentRevisions(
  knex: Knex,
): Promise<Record<string, number>> {
  const rows = await knex('control_revisions').select('kind', 'revision');
  return Object.fromEntries(rows.map(row => [row.kind, int(row.revision)]));
}
