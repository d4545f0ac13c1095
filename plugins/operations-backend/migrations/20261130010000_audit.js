/**
 * The audit trail: append-only, each row chained to the row before by its hash. An action is two
 * rows: what was intended and how it ended. `body` is the canonical JSON that was hashed; the other
 * columns repeat parts of it so that the trail can be searched, and verification compares them.
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

  await knex.schema.createTable('audit', table => {
    table.bigInteger('sequence').primary();
    key(table, 'entry_id', 64).notNullable();
    key(table, 'kind', 10).notNullable();
    table.bigInteger('at').notNullable();
    key(table, 'actor', 300).notNullable();
    key(table, 'action', 100).notNullable();
    key(table, 'target', 600).notNullable();
    key(table, 'job_id', 300).nullable();
    key(table, 'tenant', 200).nullable();
    key(table, 'outcome', 10).nullable();
    table.text('body').notNullable();
    table.string('previous_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    table.unique(['entry_id', 'kind'], { indexName: 'audit_entry_idx' });
    for (const column of ['actor', 'action', 'target', 'job_id', 'tenant']) {
      table.index(['kind', column, 'sequence'], `audit_${column}_idx`);
    }
    table.index(['kind', 'at'], 'audit_at_idx');
    table.index(['kind', 'outcome', 'sequence'], 'audit_outcome_idx');
  });

  // The end of the chain: one row, locked by each replica that appends, so that all write one
  // chain.
  await knex.schema.createTable('audit_head', table => {
    table.integer('id').primary();
    table.bigInteger('sequence').notNullable();
    table.string('hash', 64).notNullable();
  });
  await knex('audit_head').insert({ id: 1, sequence: 0, hash: '0'.repeat(64) });

  // Signed states of the trail. Retention may delete the rows that a checkpoint of kind `start`
  // covers.
  await knex.schema.createTable('audit_checkpoints', table => {
    table.increments('id');
    table.string('kind', 10).notNullable();
    table.bigInteger('sequence').notNullable();
    table.string('hash', 64).notNullable();
    table.string('at', 30).notNullable();
    table.string('key_id', 100).notNullable();
    table.string('signature', 90).notNullable();
    table.unique(['kind', 'sequence'], {
      indexName: 'audit_checkpoints_place_idx',
    });
  });

  // The triggers prevent changes by mistake. A role that may drop triggers can still change rows:
  // the chain shows it.
  const pruned = `coalesce((select max(sequence) from audit_checkpoints where kind = 'start'), 0)`;
  if (pg) {
    await knex.raw(`
      create function operations_audit_is_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.sequence <= ${pruned} then return old; end if;
        raise exception 'the audit trail is append-only';
      end $$`);
    await knex.raw(`
      create trigger audit_append_only before update or delete on audit
      for each row execute function operations_audit_is_append_only()`);
  } else {
    await knex.raw(`
      create trigger audit_no_update before update on audit
      begin select raise(abort, 'the audit trail is append-only'); end`);
    await knex.raw(`
      create trigger audit_no_delete before delete on audit when old.sequence > ${pruned}
      begin select raise(abort, 'the audit trail is append-only'); end`);
  }

  // How far each actor is ahead of the even pace of actions.
  await knex.schema.createTable('action_pace', table => {
    table.string('actor', 300).primary();
    table.bigInteger('worked_off_at').notNullable();
  });

  // What a request with an `Idempotency-Key` did, so that its repetition does nothing and answers
  // the same. `result` is null while the first request is under way; `claimed_at` lets another
  // replica take over from one that died.
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
  for (const table of [
    'idempotency_keys',
    'action_pace',
    'audit',
    'audit_checkpoints',
    'audit_head',
  ]) {
    await knex.schema.dropTable(table);
  }
  if (knex.client.config.client === 'pg') {
    await knex.raw('drop function operations_audit_is_append_only()');
  }
};
