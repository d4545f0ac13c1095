/**
 * How queues stood over the last day: a row per queue and ten minutes in which it held anything or something ended, and one (job '') that says that
 * there was a look at all.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('queue_samples', table => {
    table.integer('bucket').notNullable().comment('tens of minutes since 1970');
    table.string('job_id', 255).notNullable();
    table.bigInteger('sampled_at').notNullable().defaultTo(0);
    table.integer('waiting').notNullable().defaultTo(0);
    table.integer('active').notNullable().defaultTo(0);
    table.integer('delayed').notNullable().defaultTo(0);
    table.bigInteger('oldest_wait_ms').notNullable().defaultTo(0);
    table.integer('workers').notNullable().defaultTo(0);
    table.integer('max_waiting').notNullable().defaultTo(0);
    table.bigInteger('max_wait_ms').notNullable().defaultTo(0);
    table.integer('ended').notNullable().defaultTo(0);
    table.primary(['bucket', 'job_id']);
    table.index(['job_id', 'bucket'], 'queue_samples_job_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('queue_samples');
};
