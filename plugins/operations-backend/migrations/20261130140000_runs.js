/**
 * The runs of all jobs in one list, and what is done to many of them.
 *
 * - The indices are those along which `runs/selection.ts` reads: the list itself, and what is rare
 *   in it. Those of failures hold little, since most runs succeed.
 * - `run_bulks` holds a row per bulk action, `run_bulk_items` one per run of it.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
  const key = (table, name, length = 200) =>
    table.specificType(
      name,
      pg ? `varchar(${length}) collate "C"` : `varchar(${length})`,
    );
  const time = (table, name) => table.bigInteger(name);
  const index = (name, table, columns, where) =>
    knex.raw(
      `create index ${name} on ${table} (${columns})${
        where ? ` where ${where}` : ''
      }`,
    );

  await index('runs_time_idx', 'runs', 'sort_at, id');
  await index(
    'runs_status_idx',
    'runs',
    'status, sort_at, id',
    "status <> 'succeeded'",
  );
  await index(
    'runs_tenant_status_idx',
    'runs',
    'tenant, status, sort_at, id',
    "status <> 'succeeded'",
  );
  await index(
    'runs_group_idx',
    'runs',
    'fingerprint, sort_at, id',
    'fingerprint is not null',
  );
  await index(
    'runs_trigger_idx',
    'runs',
    'trigger, sort_at, id',
    "trigger <> 'schedule'",
  );
  await index('runs_slow_idx', 'runs', 'sort_at, id', 'duration_ms >= 60000');
  await index('error_groups_name_idx', 'error_groups', 'fingerprint');
  // errors can be searched, those that were recorded before as well
  await knex.raw(
    `insert into search_terms (kind, term, value)
       select distinct 'error', lower(substr(message, 1, 300)), fingerprint
       from error_groups where tenant = ''`,
  );

  await knex.schema.createTable('run_bulks', table => {
    key(table, 'id', 100).primary();
    key(table, 'action', 10).notNullable();
    key(table, 'status', 10).notNullable();
    key(table, 'requested_by', 300).notNullable();
    // the service, where one acted for that person
    key(table, 'through', 300).nullable();
    table.text('reason').notNullable();
    time(table, 'created_at').notNullable();
    time(table, 'ended_at').nullable();
    table.float('per_second').notNullable();
    for (const count of [
      'total',
      'tenants',
      'jobs',
      'claimed',
      'succeeded',
      'failed',
      'refused',
      'stopped',
      'never_sent',
    ]) {
      table.bigInteger(count).notNullable().defaultTo(0);
    }
    table.index(['created_at', 'id'], 'run_bulks_age_idx');
  });

  await knex.schema.createTable('run_bulk_items', table => {
    key(table, 'id', 310).primary();
    key(table, 'bulk_id', 100).notNullable();
    key(table, 'run_id').notNullable();
    key(table, 'job_id', 300).notNullable();
    // '' where the run is for none: lanes are compared by it
    key(table, 'tenant', 200).notNullable();
    key(table, 'state', 10).notNullable();
    key(table, 'made_run_id').nullable();
    time(table, 'rank').notNullable();
    time(table, 'sent_at').nullable();
    time(table, 'ended_at').nullable();
    table.text('message').nullable();
    table.index(['bulk_id', 'rank', 'id'], 'run_bulk_items_list_idx');
    table.index(['bulk_id', 'state', 'ended_at'], 'run_bulk_items_state_idx');
  });
  await index(
    'run_bulk_items_pending_idx',
    'run_bulk_items',
    'job_id, tenant, rank, id',
    "state = 'pending'",
  );
  await index(
    'run_bulk_items_sent_idx',
    'run_bulk_items',
    'state, sent_at',
    "state in ('sending', 'sent')",
  );
  await index(
    'run_bulk_items_made_idx',
    'run_bulk_items',
    'made_run_id',
    "state in ('sending', 'sent')",
  );
  // a run is with one bulk action at a time
  await knex.raw(
    `create unique index run_bulk_items_run_idx on run_bulk_items (run_id)
       where state in ('pending', 'sending', 'sent')`,
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('run_bulk_items');
  await knex.schema.dropTable('run_bulks');
  await knex('search_terms').where({ kind: 'error' }).delete();
  for (const name of [
    'error_groups_name_idx',
    'runs_slow_idx',
    'runs_trigger_idx',
    'runs_group_idx',
    'runs_tenant_status_idx',
    'runs_status_idx',
    'runs_time_idx',
  ]) {
    await knex.raw(`drop index ${name}`);
  }
};
