/**
 * Overrides of rate limits. Every override has an end.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('rate_limit_overrides', table => {
    table.string('id', 36).primary();
    table.string('subject_key', 300).notNullable();
    table.text('subject').notNullable().comment('JSON');
    table.text('limit').notNullable().comment('JSON');
    table.string('limiter', 63);
    table.bigInteger('starts_at').notNullable();
    table.bigInteger('ends_at').notNullable();
    table.boolean('ended_early').notNullable().defaultTo(false);
    table.bigInteger('created_at').notNullable();
    table.string('created_by', 300).notNullable();
    table.string('reason', 1000).notNullable();
    table.bigInteger('changed_at');
    table.string('changed_by', 300);
    table.string('change_reason', 1000);
    table.bigInteger('revision').notNullable();
    // one that is cancelled before it begins ends before its start
    table.check(
      '?? >= ?? or ??',
      ['ends_at', 'starts_at', 'ended_early'],
      'override_ends',
    );
    table.index(['ends_at', 'id'], 'overrides_by_end');
    table.index(['subject_key', 'ends_at'], 'overrides_by_subject');
    table.index(['revision'], 'overrides_by_revision');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('rate_limit_overrides');
};
