import { DateTime } from 'luxon';

/**
 * In which zone times are written: the viewer's own, UTC, or that of the schedule where something
 * has one, with the viewer's beside it. There is one choice in a window, so it is kept here, like
 * the language; the root of every part of Operations sets it (`hooks/useZoneChoice`).
 */
export type ZoneChoice = 'mine' | 'utc' | 'schedule';

export const ZONE_CHOICES = [
  'schedule',
  'mine',
  'utc',
] as const satisfies ZoneChoice[];

let choice: ZoneChoice = 'schedule';

/** Sets the zone of what is written from now on. */
export function setZoneChoice(next: ZoneChoice): void {
  choice = next;
}

/** The zone of the viewer. */
export function viewerZone(): string {
  return DateTime.local().zoneName ?? 'UTC';
}

/** The zone in which a time is written. */
export function shownZone(scheduleZone?: string): string {
  if (choice === 'utc') return 'UTC';
  return (choice === 'schedule' && scheduleZone) || viewerZone();
}

/** "Stockholm": the place that a zone is named after. */
export function zonePlace(zone: string): string {
  return zone.split('/').pop()!.replace(/_/g, ' ');
}
