import cronstrue from 'cronstrue';
import type { JobSummary } from '@craft-easy/backstage-plugin-operations-common';
import { durationText, sameClock, viewerZone } from '../components/time';

type Schedule = JobSummary['schedule'];

/**
 * A schedule in words: "At 02:15, only on Monday", "Every 30 s", "On demand". Names the zone where
 * its clock differs from the viewer's.
 */
export function scheduleText(schedule: Schedule, now = Date.now()): string {
  if (schedule === null) return 'On demand';
  if ('everyMs' in schedule) return `Every ${durationText(schedule.everyMs)}`;
  const words = cronText(schedule.cron);
  return sameClock(now, schedule.timezone, viewerZone())
    ? words
    : `${words} (${zoneText(schedule.timezone)})`;
}

/** What the job's code says, for whoever wants to be sure. */
export function scheduleSource(schedule: Schedule): string | undefined {
  if (schedule === null || 'everyMs' in schedule) return undefined;
  return `${schedule.cron} · ${schedule.timezone}`;
}

/** The zone in which a job thinks, if it has one. */
export function scheduleZone(schedule: Schedule): string | undefined {
  return schedule && 'timezone' in schedule ? schedule.timezone : undefined;
}

function cronText(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true });
  } catch {
    // an expression that the engine understands and we cannot say in words is shown as it stands
    return cron;
  }
}

function zoneText(zone: string): string {
  return zone.split('/').pop()!.replace(/_/g, ' ');
}
