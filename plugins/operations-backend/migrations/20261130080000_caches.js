// @ts-check

/**
 * Purges of caches: previews, the purges themselves, and which replica executes a target's purge.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  // what an operator saw before a purge; a purge names its preview
  await knex.schema.createTable('cache_previews', table => {
    table.string('id', 64).primary();
    table.string('target', 63).notNullable();
    table.string('actor', 300).notNullable();
    table.bigInteger('expires_at').notNullable().index('cache_prev_exp');
    table.text('selection').notNullable();
    table.text('preview').notNullable();
  });

  await knex.schema.createTable('cache_purges', table => {
    table.string('id', 64).primary();
    table.string('target', 63).notNullable();
    table.string('target_title', 200).notNullable();
    table.string('status', 20).notNullable();
    table.string('requested_by', 300).notNullable();
    table.string('cancelled_by', 300);
    table.text('reason').notNullable();
    table.string('audit_id', 64);
    // false until the trail holds how it ended
    table.boolean('audited').notNullable().defaultTo(false);
    // what to purge: a pattern or keys
    table.text('pattern');
    table.text('keys');
    table.integer('key_count');
    table.string('mode', 10).notNullable();
    table.integer('window_seconds');
    table.integer('keys_per_second').notNullable();
    table.bigInteger('estimated_keys').notNullable();
    // times: epoch milliseconds
    table.bigInteger('created_at').notNullable();
    table.bigInteger('started_at');
    table.bigInteger('ended_at');
    // progress
    table.bigInteger('total_keys').notNullable();
    table.bigInteger('scanned').notNullable().defaultTo(0);
    table.bigInteger('matched').notNullable().defaultTo(0);
    table.bigInteger('removed').notNullable().defaultTo(0);
    table.bigInteger('skipped').notNullable().defaultTo(0);
    table.integer('masters').notNullable().defaultTo(0);
    table.integer('masters_done').notNullable().defaultTo(0);
    table.integer('resumed').notNullable().defaultTo(0);
    table.double('current_rate');
    table.double('latency_ms');
    table.text('error');
    // Where to resume: a cursor per primary, and the keys in hand when that was written.
    table.text('position');
    table.text('journal');
    table.index(['created_at', 'id'], 'cache_purge_newest');
    table.index(['target', 'created_at', 'id'], 'cache_purge_target');
    table.index(['status', 'created_at'], 'cache_purge_status');
    table.index(['audited', 'status'], 'cache_purge_audited');
  });

  // one purge per target at a time, by one replica
  await knex.schema.createTable('cache_leases', table => {
    table.string('target', 63).primary();
    table.string('owner', 100).notNullable();
    table.bigInteger('until').notNullable();
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('cache_leases');
  await knex.schema.dropTable('cache_purges');
  await knex.schema.dropTable('cache_previews');
};
