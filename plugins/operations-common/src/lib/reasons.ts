/**
 * Why something is refused, broken or not known now, in English: by the API, which has no other
 * language, and by pages in English. A code that begins with `away-`, `because-` or `status-` is
 * a part of other sentences.
 */
export const REASON_SENTENCES = {
  // permissions
  'permission-missing':
    'You do not have the permission {{permission}} for this',
  'permission-missing-for':
    'You do not have the permission {{permission}} for {{tenant}}',
  'permission-missing-job':
    'You do not have the permission {{permission}} for this job',
  'permission-missing-replay':
    'You do not have the permission {{permission}} for all tenants of this replay',
  'permission-missing-runs':
    'You do not have the permission {{permission}} for all runs of this action',
  'services-report': 'Only services may report webhook failures',

  // the platform, its Redis, the portal's database
  'away-busy': 'is busy with a script',
  'away-credentials': 'refuses the credentials that it is given',
  'away-full': 'is full and takes nothing new',
  'away-loading': 'is being started: it loads its data',
  'away-read-only':
    'is read-only: it is a replica, or a fail-over is under way',
  'away-replicas':
    'has too few replicas, and takes nothing until they are back',
  'away-unreachable': 'cannot be reached now; try again in a moment',
  'away-unsaved': 'cannot save to its disk, and takes nothing until it can',
  'cache-says': 'The cache “{{cache}}” {{why}}',
  'database-away':
    'The portal’s database cannot be reached now; try again in a moment',
  'database-broken':
    'The portal’s database cannot be read or written; try again in a moment',
  'database-busy': 'The portal’s database is busy; try again in a moment',
  'database-crowded':
    'The portal’s database takes no more connections now; try again in a moment',
  'database-full':
    'The portal’s database has no room left; try again in a moment',
  'database-read-only':
    'The portal’s database accepts no writes now; try again in a moment',
  'dispatchers-gone':
    'No webhook dispatcher of the platform is alive: nobody would send it',
  fault:
    'Something went wrong inside the portal; its log says what, under the request {{request}}',
  'platform-away': 'The platform cannot be reached just now',
  'platform-away-because':
    'The platform cannot be reached just now: {{reason}}',
  'redis-away-since': "The platform's Redis cannot be reached since {{since}}",
  'redis-evicting':
    "The platform's Redis has evicted {{keys, number}} keys to make room: runs, schedules or reports may be gone",
  'redis-evicting-advice':
    'set its maxmemory-policy to noeviction, and give it more memory',
  'redis-eviction-policy':
    "The platform's Redis may evict keys when it is full: its maxmemory-policy is {{policy}}",
  'redis-eviction-policy-advice':
    'set it to noeviction: queues and proofs must not be thrown away',
  'redis-full':
    "The platform's Redis is full: it takes no runs, reports or controls",
  'redis-full-advice': 'give it more memory, or find out what fills it',
  'redis-read-only':
    "The platform's Redis is read-only: it answers, but takes nothing",
  'redis-read-only-advice':
    'it is a replica: a fail-over is under way, or the portal is connected to the wrong server',
  'redis-says': "The platform's Redis {{why}}",
  'redis-silent':
    "The platform's Redis did not answer in time; whether the request reached it is not known, and repeating it is safe",
  'redis-slow':
    "The platform's Redis is slow: it takes at least {{duration}} ms to answer",
  'redis-slow-advice': 'look at its load, its slow log and the way to it',
  'redis-too-few-replicas':
    "The platform's Redis has too few replicas, and takes nothing until they are back",
  'redis-too-few-replicas-advice':
    'look at its replicas; min-replicas-to-write says how many it wants',
  'redis-unsaved':
    "The platform's Redis cannot save to its disk, and takes nothing until it can",
  'redis-unsaved-advice': 'look at its disk and its log',

  // what was sent
  'cursor-unknown':
    'query.cursor: not a cursor of this list; leave it out to start anew',
  'field-above': '{{field}}: must be above {{limit, number}}',
  'field-at-least': '{{field}}: must be at least {{limit, number}}',
  'field-at-most': '{{field}}: must be at most {{limit, number}}',
  'field-below': '{{field}}: must be below {{limit, number}}',
  'field-form': '{{field}}: is not of the form {{form}}',
  'field-from-before-to': '{{field}}: `from` must be before `to`',
  'field-invalid': '{{field}}: is not understood',
  'field-missing': '{{field}}: is missing',
  'field-nul': '{{field}}: the NUL character is not allowed',
  'field-one-of': '{{field}}: must be one of {{options}}',
  'field-passed': '{{field}}: has already passed',
  'field-rounded':
    '{{field}}: whole numbers beyond 9007199254740991 lose their last digits on the way; send a text',
  'field-says': '{{field}}: {{problem}}',
  'field-time-zone': '{{field}}: not the name of a time zone',
  'field-too-deep': '{{field}}: is nested deeper than {{levels}} levels',
  'field-too-few': '{{field}}: needs at least {{limit, number}} entries',
  'field-too-long': '{{field}}: may have at most {{limit, number}} characters',
  'field-too-many': '{{field}}: may have at most {{limit, number}} entries',
  'field-too-short': '{{field}}: needs at least {{limit, number}} characters',
  'field-twice': '{{field}}: is given twice',
  'field-type': '{{field}}: must be of the type {{type}}',
  'field-unknown': '{{field}}: unknown field {{names}}',
  'key-form': 'Idempotency-Key: 1 to 200 visible ASCII characters',
  'key-other-request':
    'This Idempotency-Key was used for another request; take a new one',
  'key-taken-over':
    'Another request with this Idempotency-Key has taken over: this one was silent for too long',
  'key-under-way':
    'The first request with this Idempotency-Key is still under way',
  'no-such-address': 'There is no {{address}}',
  'request-too-deep': 'The request is nested too deeply',
  'request-unstorable':
    'Something in the request cannot be stored: a number out of range, or text that is too long or not valid',
  'too-many-actions':
    'One may do {{limit, number}} actions a minute here; try again in {{seconds}} s',

  // the audit trail
  'action-taken-for-dead':
    'The portal took this action for dead, so nothing was done: ask for it anew',
  'chain-of-all':
    'The chain holds rows about every job and tenant: it is for who may read all of them',
  'chain-changed': 'its text does not give its hash: it was changed',
  'chain-column': 'its column {{column}} does not say what its text says',
  'chain-cut':
    "the portal's process has seen {{rows, number}} rows, at {{at}}: the trail was cut short or replaced",
  'chain-end-differs': 'it is not the row that the trail was noted to end with',
  'chain-end-gone': 'the note of where the trail ends is gone',
  'chain-end-missing': 'rows are missing at the end',
  'chain-end-missing-of':
    'rows are missing at the end: {{rows, number}} were written',
  'chain-link': 'it does not name the hash of the row before',
  'chain-prune-bad':
    'the checkpoint that says up to where rows were pruned is not good: {{verdict}}',
  'chain-pruned-differs': 'it is not the row up to which rows were pruned',
  'chain-replaced':
    "the portal's process has seen another row here, at {{at}}: the trail was rewritten or replaced",
  'chain-row-missing': 'row {{row, number}} is missing before it',
  'checkpoint-cut':
    'the checkpoint signed at {{at}} knows {{rows, number}} rows: the trail was cut short or replaced',
  'checkpoint-differs':
    'the checkpoint signed at {{at}} knows another row here: the trail was rewritten',
  'checkpoint-no-key':
    'no key named {{key}} is configured to verify the checkpoint of {{at}}',
  'checkpoint-signature': 'the signature of the checkpoint of {{at}} is wrong',
  'nothing-to-sign': 'There is nothing on record to sign yet',
  'signing-key-missing':
    'There is no key to sign with: set operations.audit.checkpoints.keys',
  'trail-unwritable': 'The audit trail cannot be written, so nothing was done',
  'trail-unwritable-asked':
    'The audit trail cannot be written, so nothing was asked for',

  // approvals
  'approval-catalog-away':
    'The catalog cannot be asked whether the rights of {{person}} have changed',
  'approval-decided':
    'It was decided by somebody else meanwhile, or has timed out',
  'approval-ended': 'The approval has ended',
  'approval-in-person':
    'It is approved in person, not by something that acts for one',
  'approval-is-approved': 'It is approved',
  'approval-is-done': 'It is done',
  'approval-is-failed': 'It is failed',
  'approval-is-refused': 'It is refused',
  'approval-is-rejected': 'It is rejected',
  'approval-is-timed-out': 'It is timed-out',
  'approval-is-withdrawn': 'It is withdrawn',
  'approval-missing': 'There is no approval {{id}}',
  'approval-needs-person':
    'It needs a second person, and a service is not a person',
  'approval-not-in-catalog': '{{person}} is not in the catalog',
  'approval-not-in-groups':
    '{{person}} does not belong to {{groups}} by the catalog',
  'approval-not-kept':
    'This needs a second person, and cannot be kept for one when it is asked for this way: use the API',
  'approval-other-plan':
    'What would be done now is not what was approved: it has to be asked for anew',
  'approval-own': 'You asked for it yourself: it needs a second person',
  'approval-requester-unconfirmed': 'This needs two people, and {{changed}}',
  'approval-rights-changed':
    "The requester's rights have changed since: {{changed}}. It has to be asked for anew",
  'approval-service-asks':
    'This needs two people, and a service is not a person: let a person ask for it',
  'approval-withdraw': 'Only {{person}}, who asked for it, can withdraw it',

  // attention
  'item-closed': '"{{item}}" is closed already',
  'item-missing': 'There is no attention item {{id}}',
  'until-ahead': '{{field}}: must be ahead, by at most {{days}} days',

  // jobs and runs
  'because-elsewhere':
    'its own scheduler starts it, and the portal only listens',
  'because-no-engine':
    'this portal has no engine named {{engine}}: its module is not installed',
  'because-report': 'a report cannot show who started the run',
  'because-unproven': 'only {{scheduler}}, which fires the job, can prove it',
  'badge-missing': 'There is no such badge',
  'badge-of-all':
    'The badge tells of all tenants of the job, and you may see some of them',
  'badges-off': 'Badges are not switched on: set {{key}}',
  'engine-missing': 'This portal has no engine that runs jobs of {{engine}}',
  'job-cancel-because': 'It cannot be cancelled from here, because {{because}}',
  'job-cannot-resume':
    'It cannot be resumed from here: only the tool that paused it can do so',
  'job-missing': 'There is no job {{job}}',
  'job-no-dry-run': '{{field}}: the job has no dry run',
  'job-no-parameters': '{{field}}: the job takes no parameters',
  'job-no-tenants': '{{field}}: the job does not run per tenant',
  'job-no-time-range': '{{field}}: the job takes no time range',
  'job-not-for-tenant': '{{field}}: the job does not run for {{tenant}}',
  'job-not-for-tenant-now': 'The job does not run for {{tenant}} any more',
  'job-not-manual':
    'Its contract forbids manual runs and retries: it is not safe to run by hand',
  'job-or-run-missing': 'There is no job or run {{id}}',
  'job-retry-because': 'It cannot be retried from here, because {{because}}',
  'job-run-because': 'It cannot be run from here, because {{because}}',
  'job-silent': 'No worker announces this job any more: nobody would run it',
  'job-undeclared':
    'No platform has declared this job: it is watched from outside and can only be looked at',
  'job-watched-because': 'It can only be watched, because {{because}}',
  'job-which-tenant': '{{field}}: say for which tenant it shall run',
  'no-cancel-hook':
    'Its handler has no cancel hook: once started, it runs to its end',
  'queue-not-paused': 'The queue is not paused',
  'run-cancelling':
    'It is already being cancelled; the worker has not acknowledged yet',
  'run-digits-lost':
    'The last digits of the number in its parameter {{parameter}} are not known here: give the parameters anew, or retry it where it came from',
  'run-ended': 'It has already ended: {{status}}',
  'run-gone-from-engine':
    'The engine does not know this run any more: it has just ended, or was taken off the queue by somebody else',
  'run-missing': 'There is no run {{run}}',
  'run-no-tenant':
    'The run was for no tenant, but the job runs per tenant: run it now for the tenant you mean',
  'run-not-ended': 'It is {{status}}; only what has ended can be retried',
  'run-not-kept': 'The run is not kept any more',
  'run-refused': 'It was refused and never started; run the job anew instead',
  'run-retried': 'It was retried by somebody else meanwhile',
  'run-started-no-hook':
    'A worker has just started it, and its handler has no cancel hook',
  'run-succeeded': 'It succeeded; run the job anew instead',
  'status-cancelled': 'cancelled',
  'status-cancelling': 'cancelling',
  'status-failed': 'failed',
  'status-lost': 'lost',
  'status-queued': 'queued',
  'status-refused': 'refused',
  'status-running': 'running',
  'status-succeeded': 'succeeded',
  'status-timed-out': 'timed-out',

  // what a job promises
  'sla-duration': '95 % of runs within about {{duration}}, target {{target}}',
  'sla-duration-unknown': 'target {{target}}, no run measured yet',
  'sla-missed': 'the run due at {{due}} has not started',
  'sla-none-missed': 'no run missed for more than {{duration}}',
  'sla-streak_one': 'the last run failed, alarm from {{threshold}} in a row',
  'sla-streak_other':
    'the last {{count, number}} runs failed, alarm from {{threshold}} in a row',
  'sla-no-streak':
    'the last run did not fail, alarm from {{threshold}} in a row',

  // tenants
  'tenant-blank': "A tenant's id neither begins nor ends with a blank",
  'tenant-form': "A tenant's id is in Unicode's normal form C (NFC)",
  'tenant-length': "A tenant's id has 1 to {{limit}} characters",
  'tenant-unicode':
    "A tenant's id is valid Unicode, without half of a surrogate pair",
  'tenant-visible':
    "A tenant's id has visible characters only: no control, zero-width or bidirectional ones",

  // many at once
  'bulk-changed-failures':
    'This would take {{actual, number}} failures by now, not {{expected, number}}; look again',
  'bulk-changed-runs':
    'This would take {{actual, number}} runs by now, not {{expected, number}}; look again',
  'bulk-missing': 'There is no bulk action {{id}}',
  'bulk-not-running': 'This action is not running any more',
  'bulk-too-many':
    '{{field}}: more than {{limit, number}} runs are selected; narrow the filter',

  // webhooks
  'failure-bytes-gone': 'The platform kept its bytes until {{until}}',
  'failure-delivered': 'It was delivered; there is nothing left to do',
  'failure-delivered-at':
    'It was delivered at {{delivered}}; confirm that the receiver shall get it once more',
  'failure-handled': 'It is marked handled already',
  'failure-missing': 'There is no failed webhook {{id}}',
  'failure-replaying': 'It is being sent again this moment',
  'failure-suppressed': 'It is suppressed already',
  'failure-waiting': 'It is waiting to be sent again already',
  'replay-missing': 'There is no replay {{id}}',
  'replay-not-running': 'This replay is not running any more',
  'suppression-ended': 'This suppression has ended already',
  'suppression-missing': 'There is no suppression {{id}}',

  // flags
  'flag-after-until': '{{field}}: what is served after `until`',
  'flag-changed': '“{{flag}}” was changed by {{person}} at {{at}}: {{reason}}',
  'flag-configured': 'It is declared in the portal’s configuration',
  'flag-etag-missing':
    'If-Match: is missing; give the etag of the flag you saw',
  'flag-exists': 'There is a flag “{{flag}}” already',
  'flag-first-change': 'There was nothing before this change',
  'flag-missing': 'There is no flag “{{flag}}”',
  'flag-no-change': 'There is no such change of “{{flag}}”',
  'flag-no-variant': '{{field}}: no such variant',
  'flag-value-type': '{{field}}: not a {{type}}',
  'flag-until-variant': '{{field}}: goes with `variant`',
  'flag-variant-count': '{{field}}: between 1 and 50 variants',
  'flag-variants-configured':
    'Its variants are declared in the portal’s configuration',

  // overrides and maintenance
  'control-conflict-maintenance':
    'There is maintenance for the same already, up to {{end}}; extend it or end it',
  'control-conflict-override':
    'There is an override for the same already, up to {{end}}; extend it or end it',
  'control-ended': 'It ended at {{end}}',
  'control-ended-meanwhile': 'It has ended meanwhile',
  'control-missing-maintenance': 'There is no maintenance {{id}}',
  'control-missing-override': 'There is no override {{id}}',
  'control-too-long-maintenance':
    'Maintenance may last {{hours, number}} hours at most',
  'control-too-long-override':
    'An override may last {{hours, number}} hours at most',
  'end-after-present': '{{field}}: must be after the present end, {{end}}',
  'end-after-start': '{{field}}: must be after the start',
  'override-factor': 'The factor may be {{limit, number}} at most',
  'override-address': '{{field}}: not an IPv4 or IPv6 address',
  'override-bits':
    '{{field}}: has bits behind its prefix; did you mean {{network}}?',
  'override-form':
    '{{field}}: not a network, such as 192.0.2.0/24 or 2001:db8::/32',
  'override-network':
    'The network is too large: its prefix must be {{bits}} bits at least',
  'override-unlimited': '“Unlimited” is not allowed here; give a number',

  // caches
  'cache-missing': 'There is no cache target “{{cache}}”',
  'cache-only-by': '{{cache}} may be purged only by {{people}}',
  'pattern-all-protected':
    'Every key that can match this pattern is protected: {{prefixes}}.',
  'pattern-no-match':
    'No key that begins with {{prefixes}} can match this pattern.',
  'pattern-type-out':
    '{{field}}: this pattern has no literal beginning; type it out to confirm it',
  'pattern-or-keys': '{{field}}: give either `keys` or `pattern`',
  'prefix-colon': '{{field}}: has to end with a colon',
  'purge-all-skipped':
    'Nothing to purge: what matches may not be touched ({{key}} {{why}}).',
  'purge-ended': 'It has already ended.',
  'purge-ended-meanwhile': 'This purge has already ended',
  'purge-look-first':
    'Look first: a purge needs a preview of your own of this target, at most 15 minutes old',
  'purge-missing': 'There is no purge {{id}}',
  'purge-nothing': 'Nothing matches: there is nothing to purge.',
  'purge-rate': '{{field}}: at most {{limit, number}} for {{cache}}',
  'purge-stopping': 'It is already being stopped.',
  'purge-throttled': '{{field}}: {{cache}} may not be purged unthrottled',
  'purge-too-many':
    'About {{count, number}} keys match; at most {{limit, number}} may be purged at once. Make the pattern narrower.',
  'purge-too-soon':
    'You purged {{cache}} a moment ago; the next purge may start at {{time}}',
  'purge-window':
    '{{field}}: {{count, number}} keys must be spread over at least {{seconds, number}} s, or their refill comes all at once',
} as const;
