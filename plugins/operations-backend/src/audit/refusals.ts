import { createHash } from 'node:crypto';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import type { NewAuditRow } from './AuditStore';
import { outcomeOf } from './entryRows';
import type { Redact } from './redact';

/** Who asked for a run, and for what, as the portal wrote it down itself. */
export interface RequestedBy {
  trigger: string;
  triggeredBy: string;
  reason?: string;
  tenant?: string;
  parameters?: Record<string, unknown>;
}

/**
 * The audit rows of runs that a worker refused. The entry's id is derived from the run's id, so
 * that a repeated report adds no second entry.
 *
 * @param requestedBy - anybody who can write to Redis can report a refusal in anybody's name: the
 *   actor is who asked the portal, else the worker, and what the report says of people is a claim
 */
export function refusalRows(
  records: RunRecord[],
  requestedBy: (runId: string) => RequestedBy | undefined,
  redact: Redact,
  now: number,
): NewAuditRow[] {
  return records.flatMap(record => {
    const jobId = `${record.engine}/${record.job}`;
    const by = requestedBy(record.id);
    const worker = `worker:${record.workerId ?? 'unknown'}`;
    const claims = by ? undefined : record.claims;
    const intent: NewAuditRow = {
      entryId: `refusal-${createHash('sha256')
        .update(record.id)
        .digest('hex')
        .slice(0, 32)}`,
      kind: 'intent',
      at: Date.parse(record.at),
      actor: by?.triggeredBy ?? worker,
      action: by?.trigger === 'retry' ? 'job.retry' : 'job.run',
      target: `job:${jobId}`,
      jobId,
      tenant: by ? by.tenant : record.tenant,
      reason: by?.reason,
      parameters: redact({
        runId: record.id,
        refusedBy: worker,
        rule: record.refusal?.rule,
        trigger: by?.trigger ?? record.trigger,
        claims,
        parameters: by ? by.parameters : record.parameters,
      }),
    };
    const refusal = record.refusal?.message ?? 'The worker refused the run';
    const error = new Error(
      claims?.triggeredBy
        ? `${refusal} (The run claims to be ${claims.triggeredBy}'s; nothing proves it.)`
        : refusal,
    );
    return [intent, outcomeOf(intent, 'refused', now, { error })];
  });
}
