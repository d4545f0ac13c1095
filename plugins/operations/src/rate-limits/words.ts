import {
  USAGE_OTHERS,
  USAGE_UNKNOWN,
  type OverrideLimit,
  type OverrideSubject,
  type Quota,
  type RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RateLimitOverride } from '@craft-easy/backstage-plugin-operations-common';
import { durationText } from '../components/time';

/** "acme", "192.0.2.1", "10.0.0.0/8". */
export function subjectText(subject: OverrideSubject): string {
  if (subject.kind === 'tenant') return subject.tenant;
  return subject.kind === 'ip' ? subject.ip : subject.cidr;
}

export const SUBJECT_KINDS = {
  tenant: 'tenant',
  ip: 'address',
  cidr: 'network',
} as const;

/** Whom a limiter counted; several are counted as one. */
export function usageName(name: string): string {
  if (name === USAGE_OTHERS) return 'All others';
  if (name === USAGE_UNKNOWN) return 'Unknown: addresses that cannot be read';
  return name;
}

/** "100 per minute". */
export function quotaText({ limit, windowSeconds }: Quota): string {
  const figure = limit.toLocaleString('en');
  if (windowSeconds === 1) return `${figure} per second`;
  if (windowSeconds === 60) return `${figure} per minute`;
  if (windowSeconds === 3600) return `${figure} per hour`;
  return `${figure} per ${durationText(windowSeconds * 1000)}`;
}

/** "×5", "no limit", "500 per minute". */
export function limitText(limit: OverrideLimit): string {
  if (limit.kind === 'unlimited') return 'no limit';
  if (limit.kind === 'multiplier') return `×${limit.factor}`;
  return limit.windowSeconds
    ? quotaText({ limit: limit.limit, windowSeconds: limit.windowSeconds })
    : `${limit.limit.toLocaleString('en')} per window`;
}

/** The normal quota of a subject, where one limiter says so. */
export function normalQuota(
  subject: OverrideSubject,
  usage: RateLimitUsage | undefined,
  limiter: string | undefined,
): Quota | undefined {
  const found = usage?.limiters.find(l => !limiter || l.name === limiter);
  return subject.kind === 'tenant' ? found?.tenant : found?.address;
}

/** The answer of the page. */
export function overridesAnswer(
  inForce: RateLimitOverride[],
  usage: RateLimitUsage | undefined,
): string {
  const active = inForce.filter(o => o.state === 'active').length;
  const waiting = inForce.length - active;
  const refused =
    usage?.subjects.filter(s => s.kind === 'tenant' && s.refused > 0).length ??
    0;
  const parts = [
    active === 0 && 'No limit is overridden',
    active === 1 && '1 limit is overridden',
    active > 1 && `${active} limits are overridden`,
    waiting > 0 && `${waiting} will be`,
    refused === 1 && '1 tenant is being refused requests now',
    refused > 1 && `${refused} tenants are being refused requests now`,
  ].filter(Boolean);
  return parts.join(' · ');
}
