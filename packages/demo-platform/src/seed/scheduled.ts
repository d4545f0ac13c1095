import {
  slotRunId,
  tenantRunId,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { JobDefinition } from '@craft-easy/operations-sdk/jobs';
import { between, chance } from '../platform/chance';
import { TENANT_IDS } from '../platform/tenants';
import { PROFILES, type PastRun, type Profile } from './profiles';
import type { EndedRun } from './record';
import { pastSlots } from './slots';

const DAY_MS = 24 * 3_600_000;
const HISTORY_DAYS = 30;
/** The newest runs went well; the two of the story are written by hand. */
const CALM_FOR_DAYS = 1.5;

/** The scheduled runs of a job over the last thirty days. */
export function scheduledRuns(job: JobDefinition, now: number): EndedRun[] {
  const profile = PROFILES[job.name];
  if (!profile) {
    return [];
  }
  const tenants = job.tenantScoped ? TENANT_IDS : [undefined];
  return pastSlots(job, now - HISTORY_DAYS * DAY_MS, now).flatMap(slot => {
    let begins = slot + between(20, 900, job.name, slot);
    return tenants.flatMap(tenant => {
      const run = scheduledRun(job.name, profile, begins, {
        slot,
        tenant,
        daysAgo: (now - slot) / DAY_MS,
      });
      // one at a time
      begins = run.endedAt + 30;
      return run.endedAt < now ? [run] : [];
    });
  });
}

function scheduledRun(
  job: string,
  profile: Profile,
  startedAt: number,
  past: PastRun,
): EndedRun {
  const { slot, tenant, daysAgo } = past;
  const [shortest, longest] = profile.seconds;
  // most runs are near the shortest, few near the longest
  const share = chance(job, slot, tenant ?? '', 'duration') ** 2;
  const duration = 1_000 * (shortest + share * (longest - shortest));
  const failure = daysAgo > CALM_FOR_DAYS ? profile.failure?.(past) : undefined;
  const endedAt = Math.round(
    startedAt + Math.max(400, failure ? duration / 3 : duration - 700),
  );
  const base = {
    job,
    id:
      tenant === undefined
        ? slotRunId(job, slot)
        : tenantRunId(job, slot, tenant),
    trigger: 'schedule' as const,
    tenant,
    slot,
    startedAt,
    endedAt,
  };
  return failure
    ? {
        ...base,
        state: 'failed',
        error: failure.message,
        log: [...profile.log(past).slice(0, 1), ...failure.log],
      }
    : {
        ...base,
        state: 'succeeded',
        result: profile.result?.(past),
        log: profile.log(past),
      };
}
