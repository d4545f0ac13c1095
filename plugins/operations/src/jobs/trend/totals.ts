import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { CommonT } from '../../components/messages';
import type { JobT } from '../messages';

/** The failures of a day that no retry has recovered. */
export function openFailures(day: TrendDay): number {
  return Math.max(0, day.failed - day.recovered);
}

/** Runs that ended on a day. */
export function dayTotal(day: TrendDay): number {
  return day.succeeded + day.failed + day.cancelled;
}

/** The trend in a sentence: "0 failures in 30 days · 1 recovered by a retry · 412 runs". */
export function trendText(t: JobT, common: CommonT, days: TrendDay[]): string {
  const sum = (f: (day: TrendDay) => number) =>
    days.reduce((n, day) => n + f(day), 0);
  const recovered = sum(day => Math.min(day.failed, day.recovered));
  const parts: string[] = [
    t('trend.failures', {
      count: sum(openFailures),
      days: t('trend.days', { count: days.length }),
    }),
  ];
  if (recovered > 0) parts.push(t('trend.recovered', { n: recovered }));
  parts.push(common('count.runs', { count: sum(dayTotal) }));
  return parts.join(' · ');
}

/** A day in words, for hover and screen readers. */
export function dayParts(t: JobT, day: TrendDay): string[] {
  const parts = {
    failed: openFailures(day),
    timedOut: day.timedOut,
    lost: day.lost,
    recovered: day.recovered,
    cancelled: day.cancelled,
    refused: day.refused,
  };
  return [
    ...Object.entries(parts)
      .filter(([, n]) => n > 0)
      .map(([part, n]) =>
        t(`trend.parts.${part as keyof typeof parts}`, { n }),
      ),
    t('trend.parts.succeeded', { n: day.succeeded }),
  ];
}
