/**
 * Maintenance windows. Every window has an end.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('maintenance_windows', table => {
    table.string('id', 36).primary();
    table.string('scope', 10).notNullable();
    table.string('tenant', 200);
    table.string('mode', 20).notNullable();
    table.bigInteger('starts_at').notNullable();
    table.bigInteger('ends_at').notNullable();
    table.bigInteger('planned_ends_at').notNullable();
    table.bigInteger('announce_at');
    table.string('timezone', 100).notNullable();
    table.text('messages').notNullable().comment('JSON: language → text');
    table.boolean('hold_jobs').notNullable();
    table.boolean('ended_early').notNullable().defaultTo(false);
    table.bigInteger('created_at').notNullable();
    table.string('created_by', 300).notNullable();
    table.string('reason', 1000).notNullable();
    table.bigInteger('changed_at');
    table.string('changed_by', 300);
    table.string('change_reason', 1000);
    table.bigInteger('revision').notNullable();
    // one that is cancelled before it begins ends before its start
    table.check(
      '?? >= ?? or ??',
      ['ends_at', 'starts_at', 'ended_early'],
      'window_ends',
    );
    table.index(['starts_at', 'id'], 'windows_by_start');
    table.index(['ends_at'], 'windows_by_end');
    table.index(['revision'], 'windows_by_revision');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('maintenance_windows');
};
