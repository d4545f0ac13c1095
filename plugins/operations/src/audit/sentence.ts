import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';

/**
 * The verb of each action: that of an attempt, and in the past. An action without one is shown by
 * its own name.
 */
const VERBS: Record<string, [tried: string | undefined, did: string]> = {
  'job.run': ['run', 'ran'],
  'job.cancel': ['cancel', 'cancelled'],
  'job.retry': ['retry', 'retried'],
  'webhook.replay': ['replay', 'replayed'],
  'webhook.suppress': ['suppress', 'suppressed'],
  'webhook.handle': ['mark handled', 'marked handled'],
  'webhook.bulk': ['change many of', 'changed many of'],
  'webhook.replay.stop': ['stop', 'stopped'],
  'webhook.suppression.create': ['create', 'created'],
  'webhook.suppression.end': ['end', 'ended'],
  'flag.create': ['create', 'created'],
  'flag.toggle': ['change', 'changed'],
  'flag.revert': ['revert', 'reverted'],
  'flag.delete': ['delete', 'deleted'],
  'rate-limit.override': ['create', 'created'],
  'rate-limit.extend-override': ['extend', 'extended'],
  'rate-limit.end-override': ['end', 'ended'],
  'maintenance.begin': ['begin', 'began'],
  'maintenance.extend': ['extend', 'extended'],
  'maintenance.end': ['end', 'ended'],
  'cache.purge': ['purge', 'purged'],
  'cache.cancel-purge': ['stop', 'stopped'],
  'attention.acknowledge': ['acknowledge', 'acknowledged'],
  'attention.snooze': ['snooze', 'snoozed'],
  'attention.reopen': ['reopen', 'reopened'],
  'approval.request': ['ask for', 'asked for'],
  'approval.approve': ['approve', 'approved'],
  'approval.reject': ['reject', 'rejected'],
  'approval.withdraw': ['take back', 'took back'],
  'approval.time-out': [undefined, 'let pass'],
  'audit.prune': [undefined, 'pruned'],
  'audit.limit': [undefined, 'limited'],
};

/** The verb of a row: "ran", "was refused to run", "failed to cancel", "set out to retry". */
export function auditVerb(
  entry: Pick<AuditEntry, 'action' | 'outcome'>,
): string {
  const { action, outcome } = entry;
  const [tried = `do ${action} on`, did = `did ${action} on`] =
    VERBS[action] ?? [];
  if (outcome === 'succeeded') return did;
  const how = {
    refused: 'was refused to',
    failed: 'failed to',
    unknown: 'may or may not have managed to',
    intended: 'set out to',
  };
  return `${how[outcome]} ${tried}`;
}

/** "job:bullmq/daily-mrr-rollup" → "daily-mrr-rollup", "run:abc" → "run abc". */
export function targetText(target: string): string {
  const colon = target.indexOf(':');
  const kind = target.slice(0, colon);
  const name = target.slice(colon + 1);
  if (kind === 'job') return name.slice(name.indexOf('/') + 1);
  return colon > 0 ? `${kind} ${name}` : target;
}
