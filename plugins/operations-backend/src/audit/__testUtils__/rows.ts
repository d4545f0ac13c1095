import type { Knex } from 'knex';
import { isPostgres } from '../../lib/sql';
import type { NewAuditRow } from '../AuditStore';

/** The row of an intent; `n` makes it another. */
export function anIntent(
  n: number,
  given: Partial<NewAuditRow> = {},
): NewAuditRow {
  return {
    entryId: `entry-${n}`,
    kind: 'intent',
    at: 1_700_000_000_000 + n,
    actor: `user:default/u${n % 3}`,
    action: 'job.run',
    target: 'job:bullmq/nightly',
    reason: 'because it must be',
    ...given,
  };
}

/**
 * Drops the triggers that keep the application from changing rows, as a database administrator
 * could.
 */
export async function untriggered(knex: Knex): Promise<void> {
  if (isPostgres(knex)) {
    await knex.raw('alter table audit disable trigger all');
    return;
  }
  await knex.raw('drop trigger audit_no_update');
  await knex.raw('drop trigger audit_no_delete');
}
