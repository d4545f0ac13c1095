/**
 * The audit trail: append-only, each row chained to the one before by its hash. An action is two rows, what was intended and how it ended.
 * `body` is the canonical JSON that was hashed; the other columns repeat parts of it so that it can be searched, and verification compares them.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
  const key = (table, name, length) =>
    table.specificType(
      name,
      pg ? `varchar(${length}) collate "C"` : `varchar(${length})`,
    );

  await knex.schema.createTable('audit', table => {
    table.bigInteger('sequence').primary();
    key(table, 'entry_id', 64).notNullable();
    key(table, 'kind', 10).notNullable();
    table.bigInteger('at').notNullable();
    key(table, 'actor', 300).notNullable();
    key(table, 'action', 100).notNullable();
    key(table, 'target', 400).notNullable();
    key(table, 'job_id', 200).nullable();
    key(table, 'tenant', 100).nullable();
    key(table, 'outcome', 10).nullable();
    table.text('body').notNullable();
    table.string('previous_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    table.unique(['entry_id', 'kind'], { indexName: 'audit_entry_idx' });
    for (const column of ['actor', 'action', 'target', 'job_id', 'tenant']) {
      table.index(['kind', column, 'sequence'], `audit_${column}_idx`);
    }
    table.index(['kind', 'at'], 'audit_at_idx');
    table.index(['kind', 'outcome', 'sequence'], 'audit_outcome_idx');
  });

  // The end of the chain: one row, locked by whoever appends, so that replicas write one chain.
  await knex.schema.createTable('audit_head', table => {
    table.integer('id').primary();
    table.bigInteger('sequence').notNullable();
    table.string('hash', 64).notNullable();
  });
  await knex('audit_head').insert({ id: 1, sequence: 0, hash: '0'.repeat(64) });

  // Nobody changes a row by mistake. Who may drop triggers can; that is what the chain is for.
  if (pg) {
    await knex.raw(`
      create function operations_audit_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the audit trail is append-only'; end $$`);
    await knex.raw(`
      create trigger audit_append_only before update or delete on audit
      for each row execute function operations_audit_is_append_only()`);
  } else {
    for (const event of ['update', 'delete']) {
      await knex.raw(`
        create trigger audit_no_${event} before ${event} on audit
        begin select raise(abort, 'the audit trail is append-only'); end`);
    }
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('audit_head');
  await knex.schema.dropTable('audit');
  if (knex.client.config.client === 'pg') {
    await knex.raw('drop function operations_audit_is_append_only()');
  }
};
