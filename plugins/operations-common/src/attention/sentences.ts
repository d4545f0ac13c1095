import type { CodeOf } from '../lib/sentences';

/**
 * What is said of what needs attention, in English: by the API, which has no other language, and by
 * pages in English. The form of a plural is that of `count`. Where a sentence is about one tenant,
 * its code ends in `-for`.
 */
export const ATTENTION_SENTENCES = {
  'at-most': 'at most {{limit}} are allowed',
  'audit-changed': 'The audit trail is not what it was',
  'audit-changed-advice':
    '{{problem}}. Keep the database as it is, and call the people responsible for security.',
  'audit-kept-nowhere-else':
    'Nothing outside of its database vouches for the audit trail',
  'audit-unkept':
    'Set operations.audit.checkpoints.file, or add an archive: whoever replaces the database replaces its checkpoints too.',
  'audit-unsigned':
    'Set operations.audit.checkpoints.keys and file: without signed checkpoints, a trail that was replaced as a whole looks whole.',
  'beyond-target': '{{job}} runs beyond its target',
  'beyond-target-for': '{{job}} runs beyond its target for {{tenant}}',
  'cancel-not-acknowledged': 'The cancellation of {{job}} is not taken up',
  'clock-ahead': 'The clock of {{host}} is {{seconds}} s ahead',
  'clock-behind': 'The clock of {{host}} is {{seconds}} s behind',
  'clock-correct':
    "runs are started by Redis' time nevertheless; correct the clock",
  'clock-holds': 'its workers take no job until the clock is right',
  'deliveries-failed_one':
    '{{tenant}}: {{count, number}} delivery to {{endpoint}} failed',
  'deliveries-failed_other':
    '{{tenant}}: {{count, number}} deliveries to {{endpoint}} failed',
  'deliveries-open_one': '{{count, number}} delivery failed and open',
  'deliveries-open_other': '{{count, number}} deliveries failed and open',
  'deliveries-untouched': 'not replayed, muted or marked as handled yet',
  'endpoint-disabled':
    'Webhook endpoint {{endpoint}} of {{tenant}} says that it is gone (410)',
  'endpoint-down': 'Webhook endpoint {{endpoint}} of {{tenant}} is down',
  'failing-streak': '{{job}} failed {{times, number}} times in a row',
  'failing-streak-for':
    '{{job}} failed {{times, number}} times in a row for {{tenant}}',
  'executed-often': 'A run of {{job}} was executed {{times, number}} times',
  'executed-often-for':
    'A run of {{job}} was executed {{times, number}} times for {{tenant}}',
  'executed-often-starts':
    '{{run}} was started first {{first}} by {{firstWorker}} and last {{last}} by {{lastWorker}}',
  'executed-twice': 'A run of {{job}} was executed twice',
  'executed-twice-for': 'A run of {{job}} was executed twice for {{tenant}}',
  'executed-twice-starts':
    '{{run}} was started {{first}} by {{firstWorker}} and {{last}} by {{lastWorker}}',
  'fired-by': 'fired by {{scheduler}}',
  'flag-stale': '{{flag}} should have been removed by {{day}}',
  'held-elsewhere_one':
    'set at the queue itself, by another tool; {{count, number}} run waits',
  'held-elsewhere_other':
    'set at the queue itself, by another tool; {{count, number}} runs wait',
  'last-run-failed': '{{job}} failed',
  'last-run-failed-for': '{{job}} failed for {{tenant}}',
  'last-run-lost': '{{job}} was lost',
  'last-run-lost-for': '{{job}} was lost for {{tenant}}',
  'last-run-timed-out': '{{job}} timed out',
  'last-run-timed-out-for': '{{job}} timed out for {{tenant}}',
  'maintenance-extended': 'Planned up to {{end}}, extended by {{person}}.',
  'many-failures':
    '{{failed, number}} webhooks of {{tenant}} failed within an hour',
  'many-failures-limit': 'more than {{limit, number}} an hour need somebody',
  'migration-diverged':
    '{{component}} in {{environment}} has diverged from its database',
  'migration-failed': '{{component}} in {{environment}} failed',
  'migration-locked':
    '{{component}} in {{environment}} holds its migration lock for long',
  'migration-missing':
    '{{component}} in {{environment}} misses the file of a migration that was run',
  'migration-out-of-order':
    '{{component}} in {{environment}} has migrations out of order',
  'migration-pending':
    '{{component}} in {{environment}} has been pending for too long',
  'migration-silent': '{{component}} in {{environment}} has fallen silent',
  'no-worker': 'No worker is alive for {{job}}',
  'not-announced': 'no worker announces it',
  'override-ending':
    'The override for {{client}} ends soon, and it still needs it',
  'override-ending-figures':
    '{{asked, number}} requests a minute; the normal limit of “{{limiter}}” is {{limit, number}}.',
  overlapping: '{{runs, number}} runs of {{job}} are under way at once',
  'overlapping-for':
    '{{runs, number}} runs of {{job}} are under way at once for {{tenant}}',
  'overlapping-by': '{{scheduler}} began one before the last had ended',
  'overrun-offline':
    '{{tenant}} is still offline: maintenance runs longer than planned',
  'overrun-read-only':
    '{{tenant}} is still read-only: maintenance runs longer than planned',
  'platform-overrun-offline':
    'The platform is still offline: maintenance runs longer than planned',
  'platform-overrun-read-only':
    'The platform is still read-only: maintenance runs longer than planned',
  'portal-clock-ahead': "The portal's clock on {{host}} is {{seconds}} s ahead",
  'portal-clock-behind':
    "The portal's clock on {{host}} is {{seconds}} s behind",
  'portal-clock-effect':
    'ages, waiting times and missed runs are off by as much',
  'purge-failed': 'Purge of {{cache}} failed',
  'purge-stalled': 'Purge of {{cache}} stands still',
  'queue-concurrency':
    'The queue of {{job}} lets at most {{limit, number}} run at a time',
  'queue-depth_one': '{{count, number}} run of {{job}} waits',
  'queue-depth_other': '{{count, number}} runs of {{job}} wait',
  'queue-paused': 'The queue of {{job}} is paused',
  'queue-rate-limit':
    'The queue of {{job}} begins at most {{limit, number}} per {{period}}',
  'queue-wait': 'A run of {{job}} waits too long',
  'requests-refused': '{{tenant}}: {{percent}} % of requests refused',
  'requests-refused-figures':
    '{{refused, number}} of {{asked, number}} requests to “{{limiter}}” in {{minutes}} minutes',
  'run-stream-figures':
    '{{waiting}} reports wait to be read; beyond {{capacity}} the oldest are dropped',
  'run-stream-filling': 'Reports of runs are about to be lost',
  'runs-wait_one': '{{count, number}} run waits',
  'runs-wait_other': '{{count, number}} runs wait',
  'schedule-missed': '{{job}} was due and did not start',
  'schedule-missed-for': '{{job}} was due for {{tenant}} and did not start',
  'service-level': '{{job}} is slower than its target',
  'service-level-figures':
    '95 % of runs within about {{p95}}, target {{target}}',
  target: 'target {{target}}',
  'unknown-worker': 'an unknown worker',
  'unreadable-registration': 'The registration of {{job}} cannot be read',
  'unreadable-kept': '{{problem}}. The one before stays in force.',
  'unreadable-unknown':
    '{{problem}}. The job is not shown until its worker registers it again.',
} as const;

/** Code of a sentence, whatever its number. */
export type AttentionCode = CodeOf<typeof ATTENTION_SENTENCES>;
