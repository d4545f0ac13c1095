/**
 * What needs a human: items that open and close with the facts, and what happened to each item.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('attention_items', table => {
    table.string('id', 36).primary();
    table.string('source', 100).notNullable();
    table.string('fact_key', 600).notNullable();
    table.string('kind', 100).notNullable();
    table.integer('severity').notNullable().comment('0 critical … 3 low');
    table.string('title', 300).notNullable();
    table.text('detail');
    table.string('subject_kind', 50).notNullable();
    table.string('subject_ref', 400).notNullable();
    table.string('subject_title', 300).notNullable();
    table.string('owner', 300);
    table.string('tenant', 200);
    table.string('href', 2000).notNullable();
    table.text('actions').notNullable().comment('JSON');
    table.bigInteger('since').notNullable();
    table.bigInteger('opened_at').notNullable();
    table.bigInteger('closed_at');
    table.integer('count').notNullable().defaultTo(1);
    table.string('ack_kind', 20).comment('acknowledged or snoozed');
    table.string('ack_by', 300);
    table.bigInteger('ack_at');
    table.string('ack_reason', 1000);
    table.bigInteger('ack_until');
    table.string('notified', 20).comment('null: owed; claimed, sent, solved');
    table.bigInteger('notified_at');
    table.index(['closed_at', 'severity', 'since', 'id'], 'attention_by_rank');
    table.index(['subject_kind', 'subject_ref'], 'attention_by_subject');
    table.index(['source', 'fact_key', 'closed_at'], 'attention_by_fact');
  });
  // One open item per fact, however many replicas evaluate at once.
  await knex.raw(
    'create unique index attention_open on attention_items (source, fact_key) where closed_at is null',
  );

  await knex.schema.createTable('attention_events', table => {
    table.increments('id');
    table.string('item_id', 36).notNullable();
    table.bigInteger('at').notNullable();
    table.string('event', 20).notNullable();
    table.string('by', 300);
    table.string('reason', 1000);
    table.index(['item_id', 'id']);
  });

  await knex.schema.createTable('attention_sources', table => {
    table.string('source', 100).primary();
    table.bigInteger('facts_at').notNullable().defaultTo(0);
    table.string('error', 1000);
    table.bigInteger('error_at');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('attention_sources');
  await knex.schema.dropTable('attention_events');
  await knex.schema.dropTable('attention_items');
};
