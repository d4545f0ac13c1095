import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';

/** The verb of each action in the past; an action without one is shown by its own name. */
const DID: Record<string, string> = {
  'job.run': 'ran',
  'job.cancel': 'cancelled',
  'job.retry': 'retried',
  'webhook.replay': 'replayed',
  'webhook.suppress': 'suppressed',
  'webhook.handle': 'marked handled',
  'flag.create': 'created',
  'flag.switch': 'switched',
  'flag.delete': 'deleted',
  'maintenance.begin': 'began',
  'maintenance.extend': 'extended',
  'maintenance.end': 'ended',
  'cache.purge': 'purged',
  'cache.cancel-purge': 'stopped',
  'attention.acknowledge': 'acknowledged',
  'attention.snooze': 'snoozed',
  'attention.reopen': 'reopened',
  'approval.request': 'asked for',
  'approval.approve': 'approved',
  'approval.reject': 'rejected',
  'approval.withdraw': 'took back',
  'approval.time-out': 'let pass',
  'audit.prune': 'pruned',
};

/** The verb of an action that was refused or failed. */
const TRIED: Record<string, string> = {
  'job.run': 'run',
  'job.cancel': 'cancel',
  'job.retry': 'retry',
  'webhook.replay': 'replay',
  'webhook.suppress': 'suppress',
  'webhook.handle': 'mark handled',
  'flag.create': 'create',
  'flag.switch': 'switch',
  'flag.delete': 'delete',
  'maintenance.begin': 'begin',
  'maintenance.extend': 'extend',
  'maintenance.end': 'end',
  'cache.purge': 'purge',
  'cache.cancel-purge': 'stop',
  'attention.acknowledge': 'acknowledge',
  'attention.snooze': 'snooze',
  'attention.reopen': 'reopen',
  'approval.request': 'ask for',
  'approval.approve': 'approve',
  'approval.reject': 'reject',
  'approval.withdraw': 'take back',
};

/** The verb of a row: "ran", "was refused to run", "failed to cancel", "set out to retry". */
export function auditVerb(
  entry: Pick<AuditEntry, 'action' | 'outcome'>,
): string {
  const { action, outcome } = entry;
  if (outcome === 'succeeded') return DID[action] ?? `did ${action} on`;
  const tried = TRIED[action] ?? `do ${action} on`;
  switch (outcome) {
    case 'refused':
      return `was refused to ${tried}`;
    case 'failed':
      return `failed to ${tried}`;
    default:
      return `set out to ${tried}`;
  }
}

/** "job:bullmq/daily-mrr-rollup" → "daily-mrr-rollup", "run:abc" → "run abc". */
export function targetText(target: string): string {
  const colon = target.indexOf(':');
  const kind = target.slice(0, colon);
  const name = target.slice(colon + 1);
  if (kind === 'job') return name.slice(name.indexOf('/') + 1);
  return colon > 0 ? `${kind} ${name}` : target;
}
