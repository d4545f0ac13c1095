/**
 * What a request with an `Idempotency-Key` did, so that its repetition does nothing and answers the same.
 * `result` is null while the first is under way; `claimed_at` lets another take over from one that died.
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
  await knex.schema.createTable('idempotency_keys', table => {
    key(table, 'actor', 300).notNullable();
    key(table, 'key', 200).notNullable();
    table.string('request_hash', 64).notNullable();
    table.bigInteger('claimed_at').notNullable();
    table.text('result').nullable();
    table.primary(['actor', 'key']);
    table.index(['claimed_at'], 'idempotency_keys_claimed_idx');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('idempotency_keys');
};
