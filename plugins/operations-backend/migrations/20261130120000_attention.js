/**
 * Who is notified of an item besides its owner, who caused it and so knows, and what one needs to
 * see it besides the permission of its source.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.text('notify').notNullable().defaultTo('[]').comment('JSON');
    table.string('caused_by', 300).nullable();
    table.string('permission', 100).nullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.dropColumns('notify', 'caused_by', 'permission');
  });
};
