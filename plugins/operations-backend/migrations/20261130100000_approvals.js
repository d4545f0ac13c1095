/**
 * Actions that wait, or waited, for a second person. `request` and `snapshot` (what the requester
 * belonged to and was allowed at the time) are kept only while the action waits. No token is kept.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
  const key = (table, name, length) =>
    table.specificType(
      name,
      pg ? `varchar(${length}) collate "C"` : `varchar(${length})`,
    );
  await knex.schema.createTable('approvals', table => {
    key(table, 'id', 64).primary();
    key(table, 'state', 12).notNullable();
    key(table, 'action', 100).notNullable();
    table.text('target').notNullable();
    table.text('href').nullable();
    key(table, 'job_id', 300).nullable();
    key(table, 'tenant', 200).nullable();
    table.text('reason').notNullable();
    table.text('parameters').nullable();
    table.text('rule').nullable();
    key(table, 'requested_by', 300).notNullable();
    key(table, 'on_behalf_of', 300).nullable();
    key(table, 'person', 300).notNullable();
    table.bigInteger('requested_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.text('request').nullable();
    table.text('snapshot').nullable();
    key(table, 'decided_by', 300).nullable();
    table.bigInteger('decided_at').nullable();
    table.text('decision_reason').nullable();
    key(table, 'audit_id', 64).nullable();
    table.text('error').nullable();
    table.index(['state', 'expires_at'], 'approvals_state_idx');
    table.index(['requested_at', 'id'], 'approvals_time_idx');
    table.index(['person', 'state'], 'approvals_person_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('approvals');
};
