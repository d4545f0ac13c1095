import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { durationText, sameClock, viewerZone } from '../components/time';
import { zonePlace } from '../components/zone';
import { cronWords } from './cronWords';
import type { JobT } from './messages';

type Schedule = JobSummary['schedule'];

/**
 * A schedule in words: "At 02:15, only on Monday", "Every 30 s", "On demand". It names the zone
 * where that clock differs from the viewer's, and who fires the job where its engine does not.
 */
export function scheduleText(
  t: JobT,
  schedule: Schedule,
  now = Date.now(),
): string {
  if (schedule === null) return t('schedule.onDemand');
  const words = slotsText(t, schedule, now);
  return schedule.by === 'external'
    ? t('schedule.external', {
        schedule: words,
        scheduler: schedule.firedBy ?? t('schedule.anotherScheduler'),
      })
    : words;
}

function slotsText(
  t: JobT,
  schedule: NonNullable<Schedule>,
  now: number,
): string {
  if ('everyMs' in schedule)
    return t('schedule.every', { duration: durationText(schedule.everyMs) });
  // an expression that has no true words is shown as it is
  const words = cronWords(schedule.cron) ?? schedule.cron;
  return sameClock(now, schedule.timezone, viewerZone())
    ? words
    : t('schedule.zoned', {
        schedule: words,
        zone: zonePlace(schedule.timezone),
      });
}

/** The schedule as the job's code has it. */
export function scheduleSource(schedule: Schedule): string | undefined {
  if (schedule === null || 'everyMs' in schedule) return undefined;
  return `${schedule.cron} · ${schedule.timezone}`;
}

/** The zone of a job's schedule, if there is one. */
export function scheduleZone(schedule: Schedule): string | undefined {
  return schedule && 'timezone' in schedule ? schedule.timezone : undefined;
}
