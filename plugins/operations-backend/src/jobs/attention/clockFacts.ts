import { hostname } from 'node:os';
import type { AttentionFact } from '@craft-easy/backstage-plugin-operations-node';
import type { WorkerRecord } from '@craft-easy/backstage-plugin-operations-protocol';
import { worded } from '../../attention/words';
import { groupBy } from '../../lib/groupBy';
import { sentence } from '../../lib/sentences';

/** Machines that are kept in time differ by a fraction of this. */
const SKEW_LIMIT_MS = 2_000;

/** Machines whose clocks are off, by what their workers say: one item a machine. */
export function clockFacts(
  workers: WorkerRecord[],
  now: Date,
): AttentionFact[] {
  const off = workers.filter(
    ({ clockSkewMs = 0 }) => Math.abs(clockSkewMs) > SKEW_LIMIT_MS,
  );
  return [...groupBy(off, worker => worker.host)].map(([host, ofHost]) => {
    const held = ofHost.find(worker => worker.heldBecause !== undefined);
    return {
      key: `worker-clock:${host}`,
      kind: 'worker-clock',
      severity: held ? 'high' : 'normal',
      ...worded(
        skewed('clock', host, ofHost[0].clockSkewMs!),
        sentence(held ? 'clock-holds' : 'clock-correct'),
      ),
      subject: { kind: 'platform', ref: `worker/${host}`, title: host },
      since: now,
      place: { kind: 'page', page: 'jobs' },
    };
  });
}

/** The portal's own clock is off: ages, waits and what is due are reckoned by it. */
export function portalClockFact(skewMs: number, now: Date): AttentionFact[] {
  if (Math.abs(skewMs) <= SKEW_LIMIT_MS) return [];
  const host = hostname();
  return [
    {
      key: `portal-clock:${host}`,
      kind: 'portal-clock',
      severity: 'normal',
      ...worded(
        skewed('portal-clock', host, skewMs),
        sentence('portal-clock-effect'),
      ),
      subject: { kind: 'platform', ref: `portal/${host}`, title: host },
      since: now,
      place: { kind: 'page', page: 'jobs' },
    },
  ];
}

function skewed(of: 'clock' | 'portal-clock', host: string, skewMs: number) {
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  return sentence(`${of}-${skewMs > 0 ? 'ahead' : 'behind'}`, {
    host,
    seconds,
  });
}
