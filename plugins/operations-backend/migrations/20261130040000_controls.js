/**
 * The newest revision of each kind of controls. A transaction that changes a control locks its
 * kind's row, so that revisions are in the order of commits.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('control_revisions', table => {
    table.string('kind', 30).primary();
    table.bigInteger('revision').notNullable();
  });
  await knex('control_revisions').insert(
    ['rate-limits', 'flags', 'maintenance'].map(kind => ({
      kind,
      revision: 0,
    })),
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('control_revisions');
};
