/**
 * Who is notified of an item besides its owner, and who caused it and so need not be told.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.text('notify').notNullable().defaultTo('[]').comment('JSON');
    table.string('caused_by', 300).nullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.dropColumns('notify', 'caused_by');
  });
};
