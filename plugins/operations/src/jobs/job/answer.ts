import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import { absoluteTime, counted, durationText, wordOf } from '../../components';

const LAST: Record<string, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  'timed-out': 'timed out',
  lost: 'was lost with its worker',
  refused: 'was refused',
};

/** The state of a job in a sentence, broken promises included. */
export function jobAnswer(job: JobDetail): string {
  const parts = [lastRunText(job)];
  if (job.failingTenantCount > 0) {
    const of = counted(job.tenantCount, 'tenant');
    parts.push(`failing for ${job.failingTenantCount} of ${of}`);
  }
  if (job.activeRuns > 0)
    parts.push(`${counted(job.activeRuns, 'run')} under way`);
  for (const rule of job.sla.rules) {
    if (rule.state === 'breached') parts.push(rule.text);
  }
  if (job.lastSlot) parts.push(slotText(job.lastSlot));
  if (
    job.registered &&
    job.declared &&
    job.abilities.run.able &&
    job.workers === 0
  ) {
    parts.push('no worker is there to run it');
  }
  return parts.join(' · ');
}

/** How the newest slot went, where another scheduler fires the job. */
function slotText(slot: NonNullable<JobDetail['lastSlot']>): string {
  const at = absoluteTime(slot.at);
  switch (slot.state) {
    case 'on-time':
      return `on time for ${at}`;
    case 'late':
      return `${durationText(slot.lateMs!)} late for ${at}`;
    case 'missed':
      return `missed ${at}`;
    default:
      return `due ${at}, not begun yet`;
  }
}

function lastRunText(job: JobDetail): string {
  const run = job.lastRun;
  if (!run) return 'It has never run';
  switch (run.status) {
    case 'running':
      return run.progress === undefined
        ? 'It is running now'
        : `It is running now, ${Math.round(run.progress)} % done`;
    case 'queued':
      return 'Its next run waits for a worker';
    case 'cancelling':
      return 'Its run was asked to stop';
    default:
      return `The last run ${LAST[run.status] ?? `is ${wordOf(run.status)}`}`;
  }
}
