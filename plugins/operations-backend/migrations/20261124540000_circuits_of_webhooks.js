// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.alterTable('webhook_endpoints', table => {
    // epoch milliseconds: nothing is sent before; then one delivery goes to see
    table.bigInteger('open_until');
  });
  // what has been dealt with, oldest first: how retention goes through it
  await knex.schema.alterTable('webhook_failures', table => {
    table.index(['state', 'state_since', 'id'], 'whf_settled');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('webhook_failures', table => {
    table.dropIndex(['state', 'state_since', 'id'], 'whf_settled');
  });
  await knex.schema.alterTable('webhook_endpoints', table => {
    table.dropColumn('open_until');
  });
};
