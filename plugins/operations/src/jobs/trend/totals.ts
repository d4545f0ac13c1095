import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { counted } from '../../components/words';

/** The failures of a day that no retry has recovered. */
export function openFailures(day: TrendDay): number {
  return Math.max(0, day.failed - day.recovered);
}

/** Runs that ended on a day. */
export function dayTotal(day: TrendDay): number {
  return day.succeeded + day.failed + day.cancelled;
}

/** The trend in a sentence: "0 failures in 30 days · 1 recovered by a retry · 412 runs". */
export function trendText(days: TrendDay[]): string {
  const sum = (f: (day: TrendDay) => number) =>
    days.reduce((n, day) => n + f(day), 0);
  const recovered = sum(day => Math.min(day.failed, day.recovered));
  const open = counted(sum(openFailures), 'failure');
  const parts = [`${open} in ${counted(days.length, 'day')}`];
  if (recovered > 0)
    parts.push(`${recovered.toLocaleString()} recovered by a retry`);
  parts.push(counted(sum(dayTotal), 'run'));
  return parts.join(' · ');
}

/** A day in words, for hover and screen readers. */
export function dayParts(day: TrendDay): string[] {
  const open = openFailures(day);
  return [
    open > 0 && `${open} failed`,
    day.timedOut > 0 && `of these ${day.timedOut} timed out`,
    day.lost > 0 && `of these ${day.lost} lost`,
    day.recovered > 0 && `${day.recovered} failed, recovered by a retry`,
    day.cancelled > 0 && `${day.cancelled} cancelled`,
    day.refused > 0 && `${day.refused} refused`,
    `${day.succeeded} succeeded`,
  ].filter((part): part is string => !!part);
}
