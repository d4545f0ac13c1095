// @ts-check

/**
 * The newest report of each instance, and since when it is in the state that follows from it.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('migration_reports', table => {
    table.string('component', 100).notNullable();
    table.string('environment', 50).notNullable();
    table.string('instance', 200).notNullable();
    table.string('version', 100).notNullable();
    // the reporter's clock orders its reports; ours tells silence
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
