import type { TrendDay } from '@craft-easy/backstage-plugin-operations-common/internal';
import { merge, percentiles, type Histogram } from '../lib/histogram';
import { dayText } from '../lib/time';
import { DAY_COUNTS, emptyDay, type DayRow } from './recorder/days';

/**
 * A row per day from one to another, both included, without gaps; rows of several tenants are put
 * together.
 */
export function trendOf(rows: DayRow[], from: number, to: number): TrendDay[] {
  const byDay = new Map<number, DayRow>();
  for (const row of rows) {
    const known = byDay.get(row.day);
    if (!known) {
      byDay.set(row.day, row);
      continue;
    }
    for (const column of DAY_COUNTS) known[column] += row[column];
    merge(known.durations, row.durations);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const day = from + i;
    return toTrendDay(
      byDay.get(day) ?? emptyDay({ job_id: '', tenant: '', day }),
    );
  });
}

function toTrendDay(row: DayRow): TrendDay {
  const [p50, p95] = percentiles(row.durations as Histogram, [0.5, 0.95]);
  return {
    day: dayText(row.day),
    succeeded: row.succeeded,
    failed: row.failed + row.timed_out + row.lost,
    cancelled: row.cancelled,
    timedOut: row.timed_out,
    lost: row.lost,
    refused: row.refused,
    recovered: row.recovered,
    ...(p50 !== undefined && { p50DurationMs: p50, p95DurationMs: p95 }),
  };
}
