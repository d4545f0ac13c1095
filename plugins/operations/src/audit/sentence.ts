import type { AuditEntry } from '@craft-easy/backstage-plugin-operations-common';

/** What an action did, as a verb in the past; others than these are shown by their own names. */
const DID: Record<string, string> = {
  'job.run': 'ran',
  'job.cancel': 'cancelled',
  'job.retry': 'retried',
};

/** What it would have done, for where it was refused or failed. */
const TRIED: Record<string, string> = {
  'job.run': 'run',
  'job.cancel': 'cancel',
  'job.retry': 'retry',
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
