/**
 * What is known of the runs that jobs report over HTTP, so that reports may come in any order and
 * more than once. Times are epoch milliseconds.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('checkin_runs', table => {
    table.string('run_id', 200).primary();
    table.string('job', 200).notNullable();
    // what its reports say together, as JSON
    table.text('facts').notNullable();
    // when the run is lost, if its end is not reported until then
    table.bigInteger('deadline').nullable();
    table.bigInteger('reported_at').notNullable();
    table.index(['reported_at'], 'checkin_runs_reported_idx');
    table.index(['job', 'deadline'], 'checkin_runs_job_idx');
  });
  await knex.raw(
    'create index checkin_runs_deadline_idx on checkin_runs (deadline) where deadline is not null',
  );

  // The slots of schedules that guarded runs have claimed.
  await knex.schema.createTable('checkin_claims', table => {
    table.string('job', 200).notNullable();
    table.bigInteger('slot').notNullable();
    table.string('run_id', 200).notNullable();
    table.string('execution', 100).notNullable();
    table.primary(['job', 'slot']);
    table.index(['run_id'], 'checkin_claims_run_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('checkin_claims');
  await knex.schema.dropTable('checkin_runs');
};
