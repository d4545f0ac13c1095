import { SILENT_AFTER_MS } from '../../jobs/ports';
import type { RegistryLook } from './RegistryReader';

type Entry = RegistryLook['registrations'][number];

/**
 * When each job was last announced, fair to those who could not: while Redis was away nobody could
 * announce anything, so whoever was announced right before an outage counts as announced at its
 * end. Who had fallen silent before stays silent.
 * @param outageEndedAt - epoch ms; 0 if there was none
 */
export function announced(
  entries: Entry[],
  outageEndedAt: number,
  now: number,
): Entry[] {
  const newest = entries.reduce((max, e) => Math.max(max, e.seenAt), 0);
  const justBack = now - outageEndedAt < SILENT_AFTER_MS;
  return entries.map(entry => {
    // a worker's clock that runs ahead must not keep a job alive for longer
    const seenAt = Math.min(entry.seenAt, now);
    const wasLive = entry.seenAt > newest - SILENT_AFTER_MS;
    return {
      registration: entry.registration,
      seenAt: justBack && wasLive ? Math.max(seenAt, outageEndedAt) : seenAt,
    };
  });
}

/** Whether a job is announced. */
export function isAnnounced(seenAt: number, now: number): boolean {
  return now - seenAt <= SILENT_AFTER_MS;
}
