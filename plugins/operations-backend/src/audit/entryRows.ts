import { randomUUID } from 'node:crypto';
import type { NewAuditRow } from './AuditStore';

/** The row that ends an entry. It repeats the columns by which entries are searched. */
export function outcomeOf(
  intent: NewAuditRow,
  outcome: NonNullable<NewAuditRow['outcome']>,
  at: number,
  ended: { error?: Error; before?: unknown; after?: unknown },
): NewAuditRow {
  return {
    entryId: intent.entryId,
    kind: 'outcome',
    at,
    actor: intent.actor,
    action: intent.action,
    target: intent.target,
    jobId: intent.jobId,
    tenant: intent.tenant,
    outcome,
    error: ended.error?.message.slice(0, 2000),
    before: ended.before,
    after: ended.after,
  };
}

/**
 * The two rows of something that is done with the transaction in which they are written, such as
 * what the portal does by itself.
 */
export function doneEntry(
  entry: Omit<NewAuditRow, 'entryId' | 'kind'>,
  after?: unknown,
): NewAuditRow[] {
  const intent: NewAuditRow = {
    ...entry,
    entryId: randomUUID(),
    kind: 'intent',
  };
  return [intent, outcomeOf(intent, 'succeeded', entry.at, { after })];
}
