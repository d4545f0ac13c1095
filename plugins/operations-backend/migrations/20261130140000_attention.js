/**
 * What an item is about instead of an address: where the pages are mounted is the portal's affair.
 * Open items are written anew from their facts within seconds; closed ones keep their page.
 *
 * `href` stays for the version before, which still writes and reads it. The next version drops it,
 * and that of `approvals`.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table
      .text('place')
      .notNullable()
      .defaultTo(JSON.stringify({ kind: 'page', page: 'attention' }))
      .comment('JSON');
    table.string('href', 2000).notNullable().defaultTo('/operations').alter();
  });
  for (const page of ['jobs', 'webhooks', 'flags', 'caches', 'migrations']) {
    await knex('attention_items')
      .where('href', 'like', `/operations/${page}%`)
      .update({ place: JSON.stringify({ kind: 'page', page }) });
  }
  await knex('attention_items').update({
    actions: JSON.stringify([{ kind: 'open', title: 'Open' }]),
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('attention_items', table => {
    table.dropColumn('place');
  });
};
