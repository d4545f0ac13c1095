/**
 * Jobs, their history and the levels of their queues.
 *
 * - `jobs` is narrow: it holds what the inventory filters, sorts and counts by, so that 10,000 rows
 *   fill a few hundred pages. The columns that a search reads of every row come first, because
 *   PostgreSQL walks a row's columns one by one. `job_state` holds the JSON that the inventory
 *   shows besides; it is read for the rows of one page only.
 * - `job_tenants` holds the same per tenant, for callers who may see, or ask for, some tenants
 *   only.
 * - Times are epoch milliseconds, days are whole days since 1970-01-01 UTC. In columns that lists
 *   are sorted by, "none" is a sentinel and never NULL, so that keyset comparison of tuples works
 *   on every database.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const pg = knex.client.config.client === 'pg';
  // Identifiers compare bytewise: a prefix search can use the index, and both databases page in
  // the same order.
  const key = (table, name, length = 200) =>
    table.specificType(
      name,
      pg ? `varchar(${length}) collate "C"` : `varchar(${length})`,
    );
  const time = (table, name) => table.bigInteger(name);

  await knex.schema.createTable('jobs', table => {
    key(table, 'id', 300).primary();
    table.text('search_text').notNullable();
    key(table, 'owner', 300).notNullable().defaultTo('');
    key(table, 'schedule_kind', 20).notNullable();
    key(table, 'tags', 2000).notNullable().defaultTo('[]');
    key(table, 'last_status', 20).notNullable().defaultTo('never');
    table.integer('tenant_count').notNullable().defaultTo(0);
    key(table, 'engine', 50).notNullable();
    key(table, 'name').notNullable();
    key(table, 'queue').notNullable();
    table.boolean('declared').notNullable();
    table.boolean('registered').notNullable();
    table.boolean('tenant_scoped').notNullable().defaultTo(false);
    time(table, 'last_seen_at').notNullable().defaultTo(0);
    table.integer('status_rank').notNullable().defaultTo(99);
    time(table, 'last_run_at').notNullable().defaultTo(0);
    key(table, 'last_run_id').notNullable().defaultTo('');
    time(table, 'attention').notNullable();
    time(table, 'next_run_at').notNullable();
    time(table, 'due_slot').nullable();
    time(table, 'missed_slot').nullable();
    time(table, 'p95_ms').notNullable().defaultTo(-1);
    table.integer('active_count').notNullable().defaultTo(0);
    table.integer('failing_tenant_count').notNullable().defaultTo(0);
    table.integer('failure_streak').notNullable().defaultTo(0);
    table.string('registration_hash', 64).notNullable().defaultTo('');
    table.index(['attention', 'id'], 'jobs_attention_idx');
    table.index(['name', 'id'], 'jobs_name_idx');
    table.index(['last_run_at', 'id'], 'jobs_last_run_idx');
    table.index(['next_run_at', 'id'], 'jobs_next_run_idx');
    table.index(['p95_ms', 'id'], 'jobs_p95_idx');
    table.index(['status_rank', 'id'], 'jobs_status_idx');
    table.index(['owner', 'id'], 'jobs_owner_idx');
  });
  // What facets count. On SQLite the same index holds the text that is searched, so that a search
  // counts what it finds while it looks. PostgreSQL reads the table as fast, and limits the size
  // of index rows.
  await knex.raw(
    pg
      ? 'create index jobs_facets_idx on jobs (owner, schedule_kind, tags, last_status)'
      : 'create index jobs_words_idx on jobs (owner, schedule_kind, tags, last_status, search_text)',
  );

  await knex.schema.createTable('job_state', table => {
    key(table, 'job_id', 300).primary();
    // `display` is the small part of `registration` that lists and roll-ups need: the whole may
    // hold thousands of tenants.
    table.text('registration').nullable();
    table.text('display').nullable();
    table.text('last_run').nullable();
    table.text('recent_runs').notNullable().defaultTo('[]');
    table.text('stats').notNullable().defaultTo('{}');
  });

  // Registrations that cannot be read, for as long as they cannot.
  await knex.schema.createTable('unreadable_registrations', table => {
    key(table, 'job_id', 300).primary();
    table.text('problem').notNullable();
    time(table, 'since').notNullable();
  });

  await knex.schema.createTable('job_tenants', table => {
    key(table, 'job_id', 300).notNullable();
    key(table, 'tenant', 200).notNullable();
    table.boolean('declared').notNullable().defaultTo(false);
    key(table, 'last_status', 20).notNullable().defaultTo('never');
    table.integer('status_rank').notNullable().defaultTo(99);
    time(table, 'last_run_at').notNullable().defaultTo(0);
    key(table, 'last_run_id').notNullable().defaultTo('');
    time(table, 'attention').notNullable();
    time(table, 'p95_ms').notNullable().defaultTo(-1);
    table.integer('active_count').notNullable().defaultTo(0);
    table.integer('failing').notNullable().defaultTo(0);
    table.integer('failure_streak').notNullable().defaultTo(0);
    table.text('last_run').nullable();
    table.text('recent_runs').notNullable().defaultTo('[]');
    table.text('stats').notNullable().defaultTo('{}');
    table.primary(['job_id', 'tenant']);
    table.index(['tenant', 'job_id'], 'job_tenants_tenant_idx');
    table.index(['job_id', 'last_status', 'tenant'], 'job_tenants_facet_idx');
  });

  // How many jobs run for a tenant: the tenant facet of the unfiltered inventory, without a look at
  // job × tenant.
  await knex.schema.createTable('tenants', table => {
    key(table, 'tenant', 200).primary();
    table.integer('job_count').notNullable().defaultTo(0);
  });

  await knex.schema.createTable('runs', table => {
    key(table, 'id').primary();
    key(table, 'job_id', 300).notNullable();
    table.bigInteger('ordinal').notNullable();
    key(table, 'status', 20).notNullable();
    table.bigInteger('attempt').notNullable();
    key(table, 'trigger', 20).notNullable();
    key(table, 'triggered_by', 300).nullable();
    key(table, 'tenant', 200).nullable();
    table.boolean('dry_run').notNullable();
    time(table, 'sort_at').notNullable();
    time(table, 'state_at').notNullable();
    time(table, 'queued_at').nullable();
    time(table, 'started_at').nullable();
    time(table, 'ended_at').nullable();
    time(table, 'scheduled_for').nullable();
    table.integer('day').nullable();
    time(table, 'duration_ms').nullable();
    table.float('progress').nullable();
    table.bigInteger('exit_code').nullable();
    key(table, 'fingerprint', 16).nullable();
    key(table, 'retry_of').nullable();
    key(table, 'retried_by').nullable();
    table.boolean('recovered').notNullable().defaultTo(false);
    table.string('worker_id', 200).nullable();
    table.string('engine_job_id', 300).nullable();
    table.string('cancelled_by', 300).nullable();
    table.text('reason').nullable();
    key(table, 'signature', 20).nullable();
    table.text('error_message').nullable();
    // What only the page of one run shows: parameters, time range, whole error, refusal, result.
    table.text('detail').nullable();
    table.index(['job_id', 'sort_at', 'id'], 'runs_job_idx');
  });
  const partial = (name, columns, where) =>
    knex.raw(`create index ${name} on runs (${columns}) where ${where}`);
  await partial(
    'runs_job_status_idx',
    'job_id, status, sort_at, id',
    "status <> 'succeeded'",
  );
  await partial(
    'runs_job_tenant_idx',
    'job_id, tenant, sort_at, id',
    'tenant is not null',
  );
  await partial(
    'runs_job_group_idx',
    'job_id, fingerprint, sort_at, id',
    'fingerprint is not null',
  );
  await partial(
    'runs_by_hand_idx',
    'job_id, trigger, sort_at, id',
    "trigger in ('manual', 'retry')",
  );
  await partial(
    'runs_active_idx',
    'state_at, id',
    "status in ('queued', 'running', 'cancelling')",
  );
  await partial('runs_tenant_idx', 'tenant, sort_at, id', 'tenant is not null');
  await partial(
    'runs_operator_idx',
    'triggered_by, sort_at, id',
    'triggered_by is not null',
  );
  await partial('runs_retry_idx', 'retry_of', 'retry_of is not null');

  // The executions of guarded runs that were executed twice: a row in `runs` shows one of them.
  await knex.schema.createTable('run_executions', table => {
    key(table, 'run_id').notNullable();
    table.bigInteger('attempt').notNullable();
    time(table, 'started_at').notNullable();
    key(table, 'worker_id').notNullable();
    key(table, 'job_id', 300).notNullable();
    table.bigInteger('ordinal').notNullable();
    key(table, 'status', 20).notNullable();
    time(table, 'ended_at').nullable();
    time(table, 'noted_at').notNullable();
    table.primary(['run_id', 'attempt', 'started_at', 'worker_id']);
    table.index(['noted_at'], 'run_executions_noted_idx');
  });

  // What this portal requested: who, why, for which job. A record of a run is not believed in that.
  await knex.schema.createTable('run_requests', table => {
    key(table, 'id').primary();
    key(table, 'job_id', 255).notNullable();
    key(table, 'trigger', 20).notNullable();
    key(table, 'triggered_by', 300).notNullable();
    table.text('reason').nullable();
    key(table, 'retry_of').nullable();
    key(table, 'tenant').nullable();
    table.boolean('dry_run').notNullable();
    table.text('detail').notNullable();
    table.boolean('signed').notNullable();
    time(table, 'requested_at').notNullable();
    table.index(['requested_at'], 'run_requests_age_idx');
  });
  await knex.schema.createTable('run_logs', table => {
    key(table, 'run_id').primary();
    table.integer('total_lines').notNullable();
    table.text('lines').notNullable();
  });

  // Values of parameters by which a run can be found; a few per run that has parameters.
  await knex.schema.createTable('run_terms', table => {
    key(table, 'term', 64).notNullable();
    time(table, 'sort_at').notNullable();
    key(table, 'run_id').notNullable();
    table.primary(['term', 'sort_at', 'run_id']);
    table.index(['run_id'], 'run_terms_run_idx');
  });
  // Every term there is, once. A search looks a prefix up here first, then each term's newest runs:
  // its cost does not grow with the history.
  await knex.schema.createTable('search_terms', table => {
    key(table, 'kind', 10).notNullable();
    key(table, 'term', 300).notNullable();
    key(table, 'value', 300).notNullable();
    table.primary(['kind', 'term', 'value']);
  });

  // One row per job, tenant ('' = the whole job) and UTC day on which runs ended.
  await knex.schema.createTable('job_days', table => {
    key(table, 'job_id', 300).notNullable();
    key(table, 'tenant', 200).notNullable();
    table.integer('day').notNullable();
    for (const status of [
      'succeeded',
      'failed',
      'cancelled',
      'timed_out',
      'lost',
      'refused',
      'recovered',
    ]) {
      table.integer(status).notNullable().defaultTo(0);
    }
    time(table, 'min_sort_at').notNullable();
    table.text('durations').notNullable().defaultTo('{}');
    table.primary(['job_id', 'tenant', 'day']);
    table.index(['day'], 'job_days_day_idx');
  });

  // Failures that differ only in their varying parts; tenant '' = the whole job.
  await knex.schema.createTable('error_groups', table => {
    key(table, 'job_id', 300).notNullable();
    key(table, 'tenant', 200).notNullable();
    key(table, 'fingerprint', 16).notNullable();
    table.text('message').notNullable();
    table.integer('count').notNullable();
    time(table, 'first_seen_at').notNullable();
    time(table, 'last_seen_at').notNullable();
    key(table, 'last_run_id').notNullable();
    table.primary(['job_id', 'tenant', 'fingerprint']);
    table.index(
      ['job_id', 'tenant', 'last_seen_at', 'fingerprint'],
      'error_groups_seen_idx',
    );
  });

  // The levels of queues over the last day: a row per queue and ten minutes in which the queue held
  // anything or something ended, and one of job '' that says that queues were read at all.
  await knex.schema.createTable('queue_samples', table => {
    table.integer('bucket').notNullable().comment('tens of minutes since 1970');
    table.string('job_id', 300).notNullable();
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
  for (const table of [
    'queue_samples',
    'error_groups',
    'job_days',
    'search_terms',
    'run_terms',
    'run_logs',
    'run_requests',
    'run_executions',
    'runs',
    'tenants',
    'job_tenants',
    'unreadable_registrations',
    'job_state',
    'jobs',
  ]) {
    await knex.schema.dropTable(table);
  }
};
