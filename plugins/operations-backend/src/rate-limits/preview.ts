import type { Quota } from '@craft-easy/backstage-plugin-operations-protocol';
import type { MinuteUsage } from './UsageReader';

/**
 * Most requests that a quota lets through in a minute; windows longer than a minute are taken as if
 * spread evenly.
 */
export function perMinute(quota: Quota): number {
  return (quota.limit * 60) / quota.windowSeconds;
}

/**
 * What another quota, for each client its own, would have made of what they did: an estimate, since
 * windows begin with a client's first request and not with the minute.
 * @param becomes - undefined: no limit
 */
export function whatIf(
  clients: readonly MinuteUsage[][],
  becomes: Quota | undefined,
): { wouldHavePassed: number; wouldHaveBeenRefused: number } {
  let wouldHavePassed = 0;
  let wouldHaveBeenRefused = 0;
  const room = becomes ? perMinute(becomes) : Infinity;
  for (const { passed, refused } of clients.flat()) {
    const through = Math.min(passed + refused, room);
    if (through > passed) wouldHavePassed += through - passed;
    else wouldHaveBeenRefused += passed - through;
  }
  return {
    wouldHavePassed: Math.round(wouldHavePassed),
    wouldHaveBeenRefused: Math.round(wouldHaveBeenRefused),
  };
}
