import type {
  Sentence,
  Sla,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { inEnglish, sentence } from '../lib/sentences';
import { iso } from '../lib/time';
import type { JobDisplay, JobRow } from './jobRow';

/**
 * How a job stands against what it declared. Rules that need the queues are left out: the inventory
 * asks nobody but the database.
 */
export function slaOf(job: JobRow, display: JobDisplay | null): Sla {
  const rules: Sla['rules'] = [];
  const add = (
    rule: string,
    breached: boolean,
    said: Sentence,
    near = false,
  ) => {
    const kept = near ? 'near' : 'ok';
    rules.push({
      rule,
      state: breached ? 'breached' : kept,
      text: inEnglish(said),
      words: { text: said },
    });
  };

  if (display?.targetDurationMs !== undefined) {
    const target = { ms: display.targetDurationMs };
    const p95 = job.p95_ms;
    add(
      'target-duration',
      p95 > target.ms,
      p95 < 0
        ? sentence('sla-duration-unknown', { target })
        : sentence('sla-duration', { duration: { aboutMs: p95 }, target }),
    );
  }
  if (display?.missedAfterMs !== undefined) {
    const missed = job.missed_slot;
    add(
      'missed',
      missed !== null,
      missed === null
        ? sentence('sla-none-missed', {
            duration: { ms: display.missedAfterMs },
          })
        : sentence('sla-missed', { due: { at: iso(missed) } }),
    );
  }
  if (display?.failureThreshold !== undefined) {
    const count = job.failure_streak;
    const threshold = display.failureThreshold;
    add(
      'failure-streak',
      count >= threshold,
      count === 0
        ? sentence('sla-no-streak', { threshold })
        : sentence('sla-streak', { count, threshold }),
      count > 0,
    );
  }
  if (!rules.length) return { state: 'none', rules };
  const breached = rules.some(r => r.state === 'breached');
  return { state: breached ? 'breached' : 'ok', rules };
}
