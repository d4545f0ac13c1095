/**
 * Signed states of the audit trail. Rows that a checkpoint of kind `start` covers may be deleted (retention); everything else stays append-only.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
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

  const pruned = `coalesce((select max(sequence) from audit_checkpoints where kind = 'start'), 0)`;
  if (pg) {
    await knex.raw(`
      create or replace function operations_audit_is_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.sequence <= ${pruned} then return old; end if;
        raise exception 'the audit trail is append-only';
      end $$`);
  } else {
    await knex.raw('drop trigger audit_no_delete');
    await knex.raw(`
      create trigger audit_no_delete before delete on audit when old.sequence > ${pruned}
      begin select raise(abort, 'the audit trail is append-only'); end`);
  }
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  if (knex.client.config.client === 'pg') {
    await knex.raw(`
      create or replace function operations_audit_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the audit trail is append-only'; end $$`);
  } else {
    await knex.raw('drop trigger audit_no_delete');
    await knex.raw(`
      create trigger audit_no_delete before delete on audit
      begin select raise(abort, 'the audit trail is append-only'); end`);
  }
  await knex.schema.dropTable('audit_checkpoints');
};
