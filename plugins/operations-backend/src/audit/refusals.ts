import { createHash } from 'node:crypto';
import type { RunRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { hrefOf } from '../lib/hrefs';
import type { NewAuditRow } from './AuditStore';
import { outcomeOf } from './AuditedActions';
import type { Redact } from './redact';

const ACTIONS: Partial<Record<RunRecord['trigger'], string>> = {
  manual: 'job.run',
  retry: 'job.retry',
  api: 'job.run',
  schedule: 'job.run',
};

/**
 * The audit rows of runs that a worker refused. The entry's id is derived from the run's id, so
 * that a repeated report adds no second entry.
 */
export function refusalRows(
  records: RunRecord[],
  redact: Redact,
  now: number,
): NewAuditRow[] {
  return records
    .filter(record => record.state === 'refused')
    .flatMap(record => {
      const jobId = `${record.engine}/${record.job}`;
      const intent: NewAuditRow = {
        entryId: `refusal-${createHash('sha256')
          .update(record.id)
          .digest('hex')
          .slice(0, 32)}`,
        kind: 'intent',
        at: Date.parse(record.at),
        actor: record.triggeredBy ?? `worker:${record.workerId ?? 'unknown'}`,
        action: ACTIONS[record.trigger] ?? 'job.run',
        target: `job:${jobId}`,
        jobId,
        href: hrefOf({ target: `run:${record.id}`, jobId }),
        tenant: record.tenant,
        reason: record.reason,
        parameters: redact({
          runId: record.id,
          refusedBy: `worker:${record.workerId ?? 'unknown'}`,
          rule: record.refusal?.rule,
          trigger: record.trigger,
          parameters: record.parameters,
        }),
      };
      const error = new Error(
        record.refusal?.message ?? 'The worker refused the run',
      );
      return [intent, outcomeOf(intent, 'refused', now, { error })];
    });
}
