import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tenantProblem } from './tenant';

const JOB = 'abcXYZ019._:-';
const TENANT = [...'aAzZ09._:-|/@~%* <>{}[]"\'\\#?&=+éÅß東京🏔🚑ŁД', '\u00a0'];

/** Numbers that are the same in each run (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  /* eslint-disable no-bitwise */
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  /* eslint-enable no-bitwise */
}

/**
 * So many different names of jobs and ids of tenants, of all lengths and characters that are
 * allowed; the same in each call.
 * @internal
 */
export function randomNames(count: number): {
  jobs: string[];
  tenants: string[];
} {
  const random = createRandom(14);
  const text = (characters: ArrayLike<string>) =>
    Array.from(
      { length: 1 + random(random(4) === 0 ? 200 : 8) },
      () => characters[random(characters.length)],
    ).join('');
  const jobs = new Set<string>();
  while (jobs.size < count) {
    const job = text(JOB);
    if (/^[a-z0-9]/i.test(job)) jobs.add(job);
  }
  const tenants = new Set<string>();
  while (tenants.size < count) {
    const tenant = text(TENANT);
    if (!tenantProblem(tenant)) tenants.add(tenant);
  }
  return { jobs: [...jobs], tenants: [...tenants] };
}

/** Cases that every implementation of the names must agree with. @internal */
export interface GoldenNames {
  encodeName: Array<{ text: string; encoded: string }>;
  encodeTenant: Array<{ tenant: string; encoded: string }>;
  queueOf: Array<{ job: string; queue: string }>;
  slotRunId: Array<{ job: string; slot: number; runId: string }>;
  tenantRunId: Array<{
    job: string;
    slot: number;
    tenant: string;
    runId: string;
  }>;
  derivedRunId: Array<{
    job: string;
    engineJobId: string;
    createdAt: number;
    runId: string;
  }>;
  protocolKeys: Array<{
    key: string;
    arguments: Array<string | number>;
    value: string;
  }>;
  jobPath: Array<{ engine: string; job: string; path: string }>;
  entityName: Array<{ engine: string; job: string; entity: string }>;
  refusedJobs: string[];
  refusedTenants: string[];
}

/** The cases of `golden/names.json`. @internal */
export function goldenNames(): GoldenNames {
  const file = resolve(
    require.resolve(
      '@craft-easy/backstage-plugin-operations-protocol/package.json',
    ),
    '../golden/names.json',
  );
  return JSON.parse(readFileSync(file, 'utf8'));
}
