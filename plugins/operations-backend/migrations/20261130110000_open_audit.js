/**
 * Which entries of the audit trail have no outcome yet, so that an entry whose process died is
 * found and settled; and whose an idempotency key is while its first request is under way.
 *
 * `beat` grows while a living process works on the entry, or the request. Whoever waits watches
 * whether it still does, so that no two clocks are compared. `makes` names what the action is about
 * to make, such as a run: by it is found out whether the action was done.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
  await knex.schema.createTable('audit_open', table => {
    table
      .specificType('entry_id', pg ? 'varchar(64) collate "C"' : 'varchar(64)')
      .primary();
    table.string('makes', 600).nullable();
    table.bigInteger('beat').notNullable();
  });
  // Entries of before: their actions did not conclude within a transaction, which the beat says.
  await knex.raw(`
    insert into audit_open (entry_id, beat)
    select entry_id, -1 from audit as intent where kind = 'intent' and not exists (
      select 1 from audit as ended where ended.entry_id = intent.entry_id and ended.kind = 'outcome')`);

  await knex.schema.alterTable('idempotency_keys', table => {
    table.string('owner', 40).nullable();
    table.bigInteger('beat').notNullable().defaultTo(0);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('audit_open');
  await knex.schema.alterTable('idempotency_keys', table => {
    table.dropColumn('owner');
    table.dropColumn('beat');
  });
};
