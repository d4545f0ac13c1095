import type {
  Compliance,
  QueueHistory,
  QueuePoint,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { durationText, HOUR } from '../components';
import type { QueueT } from './messages';

/**
 * A day in a sentence: "All queues: at most 12 waiting, for up to 4 min; 1,204 runs ended in 24
 * hours". Where queues are not shown to the viewer, it says so.
 */
export function dayAnswer(
  t: QueueT,
  queue: string,
  { points, queues, hidden }: QueueHistory,
): string {
  if (hidden && !queues) return t('day.hidden', { queue });
  if (points.every(p => !p.sampled)) return t('day.unknown', { queue });
  const waiting = Math.max(0, ...points.map(p => p.waiting));
  const oldest = Math.max(0, ...points.map(p => p.oldestWaitMs));
  const ended = t('day.ended', {
    count: points.reduce((sum, p) => sum + p.ended, 0),
  });
  if (!waiting) return t('day.nothing', { queue, ended });
  return oldest
    ? t('day.waitedFor', {
        queue,
        waiting,
        duration: durationText(oldest),
        ended,
      })
    : t('day.waited', { queue, waiting, ended });
}

/** Merges points by the hour, oldest first. */
export function hoursOf(history: QueueHistory): QueuePoint[] {
  const perHour = Math.max(1, Math.round(HOUR / history.bucketMs));
  const hours: QueuePoint[] = [];
  for (let i = history.points.length; i > 0; i -= perHour) {
    const points = history.points.slice(Math.max(0, i - perHour), i);
    hours.unshift({
      at: points[0].at,
      sampled: points.some(p => p.sampled),
      waiting: Math.max(...points.map(p => p.waiting)),
      oldestWaitMs: Math.max(...points.map(p => p.oldestWaitMs)),
      ended: points.reduce((sum, p) => sum + p.ended, 0),
    });
  }
  return hours;
}

/** "98.5 %"; never rounded up to a hundred. */
export function shareText(t: QueueT, { runs, met }: Compliance): string {
  if (!runs) return '–';
  const tenths = Math.floor((met / runs) * 1000) / 10;
  return t('share.percent', { percent: tenths });
}
