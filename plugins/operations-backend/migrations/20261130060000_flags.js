/**
 * Global flags and every change of them.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('flags', table => {
    table.string('key', 100).primary();
    table.string('type', 20).notNullable();
    table.text('state').notNullable().comment('JSON of a FlagStateSnapshot');
    table.string('owner', 300);
    table.text('tags').notNullable().comment('JSON array, to be searched');
    table
      .text('search')
      .notNullable()
      .comment('key and description, lower case');
    table.bigInteger('stale_after');
    table.string('source', 10).notNullable();
    table.boolean('deleted').notNullable().defaultTo(false);
    table.bigInteger('created_at').notNullable();
    table.string('created_by', 300).notNullable();
    table.bigInteger('changed_at').notNullable();
    table.string('changed_by', 300).notNullable();
    table.string('change_reason', 1000).notNullable();
    table.bigInteger('revision').notNullable();
    table.index(['revision'], 'flags_by_revision');
  });

  await knex.schema.createTable('flag_changes', table => {
    table.bigIncrements('sequence');
    table.string('id', 36).notNullable().unique();
    table.string('flag_key', 100).notNullable();
    table.bigInteger('at').notNullable();
    table.string('actor', 300).notNullable();
    table.string('reason', 1000).notNullable();
    table.string('kind', 20).notNullable();
    table.text('before');
    table.text('after');
    table.index(['flag_key', 'sequence'], 'flag_changes_by_flag');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('flag_changes');
  await knex.schema.dropTable('flags');
};
