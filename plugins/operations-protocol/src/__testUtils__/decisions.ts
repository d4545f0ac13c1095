/*
 * What every language decides alike: the name of each decision, what is given, and what follows.
 * `python/tests/decisions.py` has the same names.
 */
import {
  applyOverride,
  clientKey,
  firstInForce,
  formatAddress,
  formatCidr,
  OverrideTable,
  parseAddress,
  parseCidr,
  readClientAddress,
  type Address,
  type OverrideLimit,
  type Quota,
  type RateLimitOverrideRecord,
} from '../rate-limits';
import { variantAt, type FlagState } from '../flags';
import { hashSlot } from '../hashSlot';
import { signedCancelRequestSchema, signedRunRequestSchema } from '../jobs';
import { protocolKeys, type KeyLayout } from '../keys';
import { maintenanceAt, type WindowTimes } from '../maintenance';
import {
  derivedRunId,
  encodeName,
  encodeTenant,
  separateRunId,
  tenantRunId,
} from '../names';
import { createTextRedactor, isSecretName, redactValue } from '../redact';
import {
  checkCron,
  nextSlot,
  slotBefore,
  type CronSchedule,
} from '../schedule';
import { KeyRing, verifyRequest, type KeySource } from '../signing';
import { tenantProblem } from '../tenant';

type Slot = CronSchedule & { moment: number };

const redactText = createTextRedactor();
const format = (address: Address | undefined) =>
  address && formatAddress(address);

/** Decisions by name. What is undefined is null in a case. */
export const DECISIONS = {
  encodeName: (given: { text: string; limit?: number }) =>
    encodeName(given.text, given.limit),
  encodeTenant: (given: { tenant: string; limit?: number }) =>
    encodeTenant(given.tenant, given.limit),
  tenantRunId: (given: { job: string; slot: number; tenant: string }) =>
    tenantRunId(given.job, given.slot, given.tenant),
  derivedRunId: (given: {
    job: string;
    engineJobId: string;
    createdAt: number;
  }) => derivedRunId(given.job, given.engineJobId, given.createdAt),
  separateRunId: (given: { runId: string; suffix: string }) =>
    separateRunId(given.runId, given.suffix),
  tenantProblem: ({ tenant }: { tenant: string }) => tenantProblem(tenant),
  hashSlot: ({ key }: { key: string }) => hashSlot(key),
  keys: ({
    namespace,
    job,
    runId,
    ...layout
  }: KeyLayout & { namespace: string; job: string; runId: string }) => {
    const keys = protocolKeys(namespace, layout);
    return [keys.requests(job), keys.runsOf(job), keys.log(runId)];
  },
  isCron: ({ cron }: { cron: string }) => checkCron(cron) === undefined,
  nextSlot: ({ moment, ...schedule }: Slot) => nextSlot(schedule, moment),
  slotBefore: ({ moment, ...schedule }: Slot) => slotBefore(schedule, moment),
  variantAt: ({ flag, at }: { flag: FlagState; at: number }) =>
    variantAt(flag, at),
  address: ({ text }: { text: string }) => format(parseAddress(text)),
  clientAddress: ({ text }: { text: string }) =>
    format(readClientAddress(text)),
  clientKey: ({ text }: { text: string }) => {
    const address = parseAddress(text);
    return address && clientKey(address);
  },
  cidr: ({ text }: { text: string }) => {
    const cidr = parseCidr(text);
    return cidr && formatCidr(cidr);
  },
  override: (given: {
    records: RateLimitOverrideRecord[];
    at: number;
    limiter?: string;
    tenant?: string;
    ip?: string;
  }) => {
    const { at, limiter, tenant, ip } = given;
    const table = new OverrideTable();
    for (const record of given.records) table.update(record.id, record);
    const address = ip === undefined ? undefined : parseAddress(ip);
    const found =
      firstInForce(table.ofTenant(tenant ?? ''), at, limiter) ??
      (address && firstInForce(table.ofAddress(address), at, limiter));
    return found?.id;
  },
  quota: ({ quota, limit }: { quota: Quota; limit: OverrideLimit }) =>
    applyOverride(quota, limit),
  maintenance: ({ windows, at }: { windows: WindowTimes[]; at: number }) =>
    maintenanceAt(windows, at),
  redactText: ({ text }: { text: string }) => redactText(text),
  redactValue: ({ value }: { value: unknown }) =>
    redactValue(value, {
      isSecret: path => isSecretName(path[path.length - 1]),
      text: redactText,
    }),
  verify: (given: {
    jws: string;
    keys: KeySource[];
    kind: 'run' | 'cancel';
    now: number;
  }) => {
    const { jws, kind, now } = given;
    const keys = KeyRing.of(given.keys, 'keys');
    const verdict =
      kind === 'run'
        ? verifyRequest(keys, jws, signedRunRequestSchema, now)
        : verifyRequest(keys, jws, signedCancelRequestSchema, now);
    if (verdict.problem === undefined) return { runId: verdict.claims.runId };
    // which field is wrong is a decision, the words about it are none
    const [sentence, field] = verdict.problem.split(': ');
    const problem = sentence.replace(/ named .*/, '');
    return field === undefined ? { problem } : { problem, field };
  },
};

export type Decision = keyof typeof DECISIONS;

/** One case: of this decision, from what is given, this follows. */
export interface GoldenCase {
  decide: Decision;
  given: object;
  expect: unknown;
}

/** What code decides today. */
export function decide<D extends Decision>(
  decision: D,
  given: Parameters<(typeof DECISIONS)[D]>[0],
): GoldenCase {
  const follows = DECISIONS[decision] as (one: typeof given) => unknown;
  return { decide: decision, given, expect: follows(given) ?? null };
}
