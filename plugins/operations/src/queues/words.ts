import type {
  Compliance,
  QueueHistory,
  QueuePoint,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { counted, durationText, HOUR } from '../components';

/**
 * A day in a sentence: "all queues: at most 12 waited, for up to 4 min; 1,204 runs ended in 24
 * hours".
 */
export function dayText(of: string, { points }: QueueHistory): string {
  const waiting = Math.max(0, ...points.map(p => p.waiting));
  const oldest = Math.max(0, ...points.map(p => p.oldestWaitMs));
  const ended = points.reduce((sum, p) => sum + p.ended, 0);
  const waits = waiting
    ? `at most ${waiting.toLocaleString()} waited${
        oldest ? `, for up to ${durationText(oldest)}` : ''
      }`
    : 'nothing waited';
  const gap = points.every(p => !p.sampled)
    ? 'nobody has looked yet'
    : `${waits}; ${counted(ended, 'run')} ended in 24 hours`;
  return `${of[0].toUpperCase()}${of.slice(1)}: ${gap}`;
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
export function shareText({ runs, met }: Compliance): string {
  if (!runs) return '–';
  const tenths = Math.floor((met / runs) * 1000) / 10;
  return `${tenths} %`;
}
