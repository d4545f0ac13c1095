import type { Sla } from '@craft-easy/backstage-plugin-operations-common';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../lib/time';
import type { JobDisplay, JobRow } from './jobRow';

/**
 * How a job stands against what it declared. Rules that need the queues are left out: the inventory
 * asks nobody but the database.
 */
export function slaOf(job: JobRow, display: JobDisplay | null): Sla {
  const rules: Sla['rules'] = [];
  const add = (rule: string, breached: boolean, text: string) =>
    rules.push({ rule, state: breached ? 'breached' : 'ok', text });

  if (display?.targetDurationMs !== undefined) {
    const target = display.targetDurationMs;
    const p95 = job.p95_ms;
    const against =
      p95 < 0
        ? `target ${duration(target)}, no run measured yet`
        : `95 % of runs within ${duration(p95)}, target ${duration(target)}`;
    add('target-duration', p95 > target, against);
  }
  if (display?.missedAfterMs !== undefined) {
    const missed = job.missed_slot;
    add(
      'missed',
      missed !== null,
      missed === null
        ? `no run missed for more than ${duration(display.missedAfterMs)}`
        : `the run due at ${iso(missed)} has not started`,
    );
  }
  if (display?.failureThreshold !== undefined) {
    const streak = job.failure_streak;
    add(
      'failure-streak',
      streak >= display.failureThreshold,
      `${streak} failed in a row, at most ${
        display.failureThreshold - 1
      } allowed`,
    );
  }
  if (!rules.length) return { state: 'none', rules };
  const breached = rules.some(r => r.state === 'breached');
  return { state: breached ? 'breached' : 'ok', rules };
}

/** A duration in at most two units, as people say it. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const units: Array<[number, string]> = [
    [DAY_MS, 'd'],
    [HOUR_MS, 'h'],
    [MINUTE_MS, 'min'],
    [1000, 's'],
  ];
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [size, unit] of units) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n && parts.length < 2) parts.push(`${n} ${unit}`);
    else if (parts.length) break;
  }
  return parts.join(' ');
}
