/**
 * What an item says as codes and values, so that pages can say it in other languages. Open items
 * are written anew from their facts within seconds; closed ones keep their English.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.text('words').comment('JSON');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.dropColumn('words');
  });
};
