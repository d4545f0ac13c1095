/**
 * On SQLite, one index for what facets count and for the words that are searched: a search counts what it finds while it looks. PostgreSQL reads the
 * table as fast, and limits the size of index rows.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  if (knex.client.config.client === 'pg') return;
  await knex.raw(
    'create index jobs_words_idx on jobs (owner, schedule_kind, tags, last_status, search_text)',
  );
  await knex.raw('drop index jobs_search_idx');
  await knex.raw('drop index jobs_facets_idx');
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  if (knex.client.config.client === 'pg') return;
  await knex.raw('create index jobs_search_idx on jobs (search_text, id)');
  await knex.raw(
    'create index jobs_facets_idx on jobs (owner, schedule_kind, tags, last_status)',
  );
  await knex.raw('drop index jobs_words_idx');
};
