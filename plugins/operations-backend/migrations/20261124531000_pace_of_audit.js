/**
 * How far ahead of the even pace each actor is with what he did.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('action_pace', table => {
    table.string('actor', 300).primary();
    table.bigInteger('worked_off_at').notNullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('action_pace');
};
