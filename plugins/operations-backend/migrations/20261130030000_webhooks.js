// @ts-check

/**
 * Webhooks whose delivery failed, what people decided about them, and replays.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const postgres = knex.client.config.client === 'pg';

  // Deliveries that finally failed. The table is narrow, since lists and counts read it. Times are
  // epoch milliseconds.
  await knex.schema.createTable('webhook_failures', table => {
    table.string('id', 40).primary();
    // 'platform', or 'service:<subject>'
    table.string('source', 320).notNullable();
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150).notNullable();
    table.string('url', 500);
    table.string('webhook_id', 150).notNullable();
    table.string('event_type', 150).notNullable();
    table.string('state', 20).notNullable();
    // the state that it returns to if a replay is called off
    table.string('state_before', 20);
    table.string('error_class', 30).notNullable();
    table.string('error_code', 60).notNullable();
    table.text('error_message').notNullable();
    table.integer('attempts').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('first_failed_at').notNullable();
    table.bigInteger('failed_at').notNullable();
    table.bigInteger('state_since').notNullable();
    table.bigInteger('delivered_at');
    table.bigInteger('replayable_until');
    table.string('suppression_id', 64);
    table.string('triage_by', 300);
    table.bigInteger('triage_at');
    table.text('triage_reason');
    // the orders in which lists are read
    table.index(['state', 'failed_at', 'id'], 'whf_state');
    table.index(['tenant', 'state', 'failed_at', 'id'], 'whf_tenant');
    table.index(['endpoint', 'state', 'failed_at', 'id'], 'whf_endpoint');
    table.index(['event_type', 'state', 'failed_at', 'id'], 'whf_event');
    table.index(
      ['error_class', 'error_code', 'state', 'failed_at', 'id'],
      'whf_error',
    );
    // how retention goes through settled failures: the oldest first
    table.index(['state', 'state_since', 'id'], 'whf_settled');
  });
  await knex.schema.raw(
    `create index whf_webhook_id on webhook_failures (webhook_id${
      postgres ? ' text_pattern_ops' : ''
    })`,
  );

  await knex.schema.createTable('webhook_payloads', table => {
    table.string('failure_id', 40).primary();
    table.text('payload').notNullable();
  });

  await knex.schema.createTable('webhook_attempts', table => {
    table.string('failure_id', 40).notNullable();
    table.integer('n').notNullable();
    table.bigInteger('at').notNullable();
    table.text('attempt').notNullable();
    table.primary(['failure_id', 'n']);
  });

  // what people did to a failure; what replays did is in webhook_replays
  await knex.schema.createTable('webhook_events', table => {
    table.string('failure_id', 40).notNullable();
    table.bigInteger('at').notNullable();
    table.string('kind', 30).notNullable();
    table.string('by', 300);
    table.text('reason');
    table.index(['failure_id', 'at'], 'whe_failure');
  });

  // how many failures are in which state: every count of a page comes from here
  await knex.schema.createTable('webhook_counts', table => {
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150).notNullable();
    table.string('event_type', 150).notNullable();
    table.string('error_class', 30).notNullable();
    table.string('error_code', 60).notNullable();
    table.string('state', 20).notNullable();
    table.bigInteger('count').notNullable();
    table.bigInteger('last_failed_at').notNullable();
    table.primary([
      'tenant',
      'endpoint',
      'event_type',
      'error_class',
      'error_code',
      'state',
    ]);
    table.index(['state'], 'whc_state');
  });

  // final failures per hour (hours since 1970)
  await knex.schema.createTable('webhook_hours', table => {
    table.integer('hour').notNullable();
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150).notNullable();
    table.string('event_type', 150).notNullable();
    table.string('error_class', 30).notNullable();
    table.string('error_code', 60).notNullable();
    table.bigInteger('count').notNullable();
    table.primary([
      'hour',
      'tenant',
      'endpoint',
      'event_type',
      'error_class',
      'error_code',
    ]);
  });

  await knex.schema.createTable('webhook_endpoints', table => {
    table.string('source', 320).notNullable();
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150).notNullable();
    table.string('url', 500);
    table.string('state', 20).notNullable();
    table.bigInteger('since').notNullable();
    table.text('error');
    // Nothing is sent before this time; then one delivery tries.
    table.bigInteger('open_until');
    table.primary(['source', 'tenant', 'endpoint']);
    table.index(['state'], 'whep_state');
  });

  await knex.schema.createTable('webhook_suppressions', table => {
    table.string('id', 64).primary();
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150);
    table.string('event_type', 150);
    table.text('reason').notNullable();
    table.string('created_by', 300).notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('until').notNullable();
    table.bigInteger('ended_at');
    table.string('ended_by', 300);
    table.bigInteger('count').notNullable().defaultTo(0);
    table.index(['tenant', 'until'], 'whs_tenant');
    table.index(['created_at', 'id'], 'whs_newest');
  });

  await knex.schema.createTable('webhook_bulk_replays', table => {
    table.string('id', 64).primary();
    table.string('status', 20).notNullable();
    table.string('requested_by', 300).notNullable();
    table.text('reason').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('ended_at');
    table.bigInteger('total').notNullable();
    table.integer('tenants').notNullable();
    table.integer('endpoints').notNullable();
    table.double('per_endpoint_per_second').notNullable();
    table.bigInteger('claimed').notNullable().defaultTo(0);
    table.bigInteger('delivered').notNullable().defaultTo(0);
    table.bigInteger('failed').notNullable().defaultTo(0);
    table.bigInteger('refused').notNullable().defaultTo(0);
    table.bigInteger('stopped').notNullable().defaultTo(0);
    // of `stopped`, those that were never handed to the platform
    table.bigInteger('never_sent').notNullable().defaultTo(0);
    // false until the platform has received the order to stop
    table.boolean('stop_sent').notNullable().defaultTo(true);
    table.index(['status', 'created_at'], 'whb_status');
    table.index(['created_at', 'id'], 'whb_newest');
  });

  // A failure being sent again: one row per request, single or part of a bulk.
  await knex.schema.createTable('webhook_replays', table => {
    table.string('id', 100).primary();
    table.string('failure_id', 40).notNullable();
    table.string('bulk_id', 64);
    table.string('source', 320).notNullable();
    table.string('tenant', 200).notNullable();
    table.string('endpoint', 150).notNullable();
    // pending → sending → sent → delivered, failed, refused or stopped
    table.string('state', 20).notNullable();
    // The failure's state when the replay was requested: if that has changed, somebody else has
    // dealt with it.
    table.string('state_before', 20).notNullable();
    table.boolean('forced').notNullable().defaultTo(false);
    table.string('requested_by', 300).notNullable();
    table.text('reason');
    table.bigInteger('created_at').notNullable();
    // order of sending: the oldest failure first
    table.bigInteger('rank').notNullable();
    table.bigInteger('sent_at');
    table.bigInteger('lease_until');
    table.bigInteger('ended_at');
    table.text('message');
    table.index(['failure_id', 'created_at'], 'whr_failure');
    table.index(['bulk_id', 'state', 'ended_at'], 'whr_bulk');
  });
  // replays under way only
  await knex.schema.raw(
    `create index whr_next on webhook_replays (state, source, tenant, endpoint, rank, id) where state in ('pending', 'sending', 'sent')`,
  );
  await knex.schema.raw(
    `create unique index whr_one on webhook_replays (failure_id) where state in ('pending', 'sending', 'sent')`,
  );
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const name of [
    'replays',
    'bulk_replays',
    'suppressions',
    'endpoints',
    'hours',
    'counts',
    'events',
    'attempts',
    'payloads',
    'failures',
  ]) {
    await knex.schema.dropTable(`webhook_${name}`);
  }
};
