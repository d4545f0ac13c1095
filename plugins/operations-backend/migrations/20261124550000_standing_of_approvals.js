/**
 * No token is kept with what waits for a second person: `standing` says what who asked belonged to and was allowed then; there only while it waits.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  // overwritten first: a dropped column may linger in the file
  await knex('approvals').update({ credential: null });
  await knex.schema.alterTable('approvals', table => {
    table.dropColumn('credential');
    table.text('standing').nullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('approvals', table => {
    table.dropColumn('standing');
    table.text('credential').nullable();
  });
};
