import type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';
import type { MinuteUsage } from './UsageReader';

/**
 * Requests that a quota lets through in a minute; windows longer than a minute are taken as if
 * spread evenly.
 */
export function perMinute(quota: Quota): number {
  return (quota.limit * 60) / quota.windowSeconds;
}

/**
 * What another quota, for each client its own, would have made of what they did: an estimate, since
 * minutes are known and not requests. As the limiter does, it counts what is admitted, in windows
 * that begin with a client's first request.
 * @param clients - of each, what it did minute by minute, oldest first
 * @param becomes - undefined: no limit
 */
export function whatIf(
  clients: readonly MinuteUsage[][],
  becomes: Quota | undefined,
): { wouldHavePassed: number; wouldHaveBeenRefused: number } {
  let wouldHavePassed = 0;
  let wouldHaveBeenRefused = 0;
  const all = clients.flatMap(minutes => {
    const rooms = roomIn(minutes, becomes);
    return minutes.map((minute, i) => ({ ...minute, room: rooms[i] }));
  });
  for (const { passed, refused, room } of all) {
    const through = Math.min(passed + refused, room);
    if (through > passed) wouldHavePassed += through - passed;
    else wouldHaveBeenRefused += passed - through;
  }
  return {
    wouldHavePassed: Math.round(wouldHavePassed),
    wouldHaveBeenRefused: Math.round(wouldHaveBeenRefused),
  };
}

/** How many requests of a client a quota would have admitted in each of some minutes. */
function roomIn(minutes: MinuteUsage[], becomes: Quota | undefined): number[] {
  if (!becomes) return minutes.map(() => Infinity);
  const { limit, windowSeconds } = becomes;
  if (windowSeconds <= 60) return minutes.map(() => perMinute(becomes));
  let endsAt = -Infinity;
  let left = limit;
  return minutes.map(({ at, passed, refused }) => {
    const asked = passed + refused;
    if (asked > 0 && at >= endsAt) {
      endsAt = at + windowSeconds * 1000;
      left = limit;
    }
    const room = left;
    left = Math.max(0, left - asked);
    return room;
  });
}
