import type { Sla } from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText, roughDuration } from '../lib/duration';
import { minuteText } from '../lib/time';
import type { JobDisplay, JobRow } from './jobRow';

/**
 * How a job stands against what it declared. Rules that need the queues are left out: the inventory
 * asks nobody but the database.
 */
export function slaOf(job: JobRow, display: JobDisplay | null): Sla {
  const rules: Sla['rules'] = [];
  const add = (rule: string, breached: boolean, text: string, near = false) => {
    const kept = near ? 'near' : 'ok';
    rules.push({ rule, state: breached ? 'breached' : kept, text });
  };

  if (display?.targetDurationMs !== undefined) {
    const target = display.targetDurationMs;
    const p95 = job.p95_ms;
    const against =
      p95 < 0
        ? `target ${durationText(target)}, no run measured yet`
        : `95 % of runs within about ${roughDuration(
            p95,
          )}, target ${durationText(target)}`;
    add('target-duration', p95 > target, against);
  }
  if (display?.missedAfterMs !== undefined) {
    const missed = job.missed_slot;
    add(
      'missed',
      missed !== null,
      missed === null
        ? `no run missed for more than ${durationText(display.missedAfterMs)}`
        : `the run due at ${minuteText(missed)} has not started`,
    );
  }
  if (display?.failureThreshold !== undefined) {
    const streak = job.failure_streak;
    add(
      'failure-streak',
      streak >= display.failureThreshold,
      `${failedText(streak)}, alarm from ${display.failureThreshold} in a row`,
      streak > 0,
    );
  }
  if (!rules.length) return { state: 'none', rules };
  const breached = rules.some(r => r.state === 'breached');
  return { state: breached ? 'breached' : 'ok', rules };
}

function failedText(streak: number): string {
  if (streak === 0) return 'the last run did not fail';
  return streak === 1
    ? 'the last run failed'
    : `the last ${streak} runs failed`;
}
