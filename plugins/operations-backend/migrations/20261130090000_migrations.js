// @ts-check

/**
 * The newest report of each instance, and since when the instance is in the state that follows.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('migration_reports', table => {
    table.string('component', 100).notNullable();
    table.string('environment', 50).notNullable();
    table.string('instance', 200).notNullable();
    table.string('version', 100).notNullable();
    // `at` is by the reporter's clock and orders its reports; `received_at`, by the portal's, shows
    // silence.
    table.bigInteger('at').notNullable();
    table.bigInteger('received_at').notNullable().index('mig_reports_received');
    table.string('state', 20).notNullable();
    table.bigInteger('state_since').notNullable();
    table.text('report').notNullable();
    table.primary(['component', 'environment', 'instance']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('migration_reports');
};
