import type { JobDetail } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  absoluteTime,
  durationText,
  statusWord,
  type CommonT,
} from '../../components';
import type { ReasonT } from '../../components/reasons/messages';
import { promiseText } from '../../components/reasons/words';
import type { JobT } from '../messages';

const ENDED = [
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
  'lost',
  'refused',
] as const;

/** The state of a job in a sentence, broken promises included. */
export function jobAnswer(
  t: JobT,
  common: CommonT,
  reasons: ReasonT,
  job: JobDetail,
): string {
  const parts = [lastRunText(t, common, job)];
  if (job.failingTenantCount > 0) {
    parts.push(
      t('answer.failing', {
        failing: job.failingTenantCount,
        tenants: common('count.tenants', { count: job.tenantCount }),
      }),
    );
  }
  // the first part names one active run
  const named = job.lastRun && isActive(job.lastRun.status) ? 1 : 0;
  if (job.activeRuns > named) {
    parts.push(t('answer.active', { count: job.activeRuns }));
  }
  for (const rule of job.sla.rules) {
    // the newest slot says it, in the viewer's zone
    const isSaid = rule.rule === 'missed' && job.lastSlot?.state === 'missed';
    if (rule.state === 'breached' && !isSaid) {
      parts.push(promiseText(reasons, rule));
    }
  }
  if (job.lastSlot) parts.push(slotText(t, job.lastSlot));
  if (
    job.registered &&
    job.declared &&
    job.abilities.run.able &&
    job.workers === 0
  ) {
    parts.push(t('answer.noWorker'));
  }
  return parts.join(' · ');
}

/** How the newest slot went, where another scheduler fires the job. */
function slotText(t: JobT, slot: NonNullable<JobDetail['lastSlot']>): string {
  const time = absoluteTime(slot.at);
  switch (slot.state) {
    case 'on-time':
      return t('answer.slot.onTime', { time });
    case 'late':
      return t('answer.slot.late', {
        duration: durationText(slot.lateMs!),
        time,
      });
    case 'missed':
      return t('answer.slot.missed', { time });
    default:
      return t('answer.slot.due', { time });
  }
}

function lastRunText(t: JobT, common: CommonT, job: JobDetail): string {
  const run = job.lastRun;
  if (!run) return t('answer.never');
  switch (run.status) {
    case 'running':
      return run.progress === undefined
        ? t('answer.running')
        : t('answer.runningAt', { percent: Math.round(run.progress) });
    case 'queued':
      return t('answer.queued');
    case 'cancelling':
      return t('answer.cancelling');
    default: {
      const ended = ENDED.find(status => status === run.status);
      return ended
        ? t(`answer.last.${ended}`)
        : t('answer.last.other', { status: statusWord(common, run.status) });
    }
  }
}

function isActive(status: string): boolean {
  return ['queued', 'running', 'cancelling'].includes(status);
}
