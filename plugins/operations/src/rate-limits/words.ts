import {
  applyOverride,
  USAGE_OTHERS,
  USAGE_UNKNOWN,
  type OverrideLimit,
  type OverrideSubject,
  type Quota,
  type RateLimitUsage,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { RateLimitOverride } from '@craft-easy/backstage-plugin-operations-common';
import { numberText } from '../components/format';
import { durationText } from '../components/time';
import type { RateLimitT } from './messages';

/** "acme", "192.0.2.1", "10.0.0.0/8". */
export function subjectText(subject: OverrideSubject): string {
  if (subject.kind === 'tenant') return subject.tenant;
  return subject.kind === 'ip' ? subject.ip : subject.cidr;
}

/** Whom a limiter counted; several are counted as one. */
export function usageName(t: RateLimitT, name: string): string {
  if (name === USAGE_OTHERS) return t('usage.others');
  if (name === USAGE_UNKNOWN) return t('usage.unknown');
  return name;
}

/** Several that are counted as one have no name by which to override their limit. */
export function isOne(name: string): boolean {
  return name !== USAGE_OTHERS && name !== USAGE_UNKNOWN;
}

/** "100 per minute". */
export function quotaText(
  t: RateLimitT,
  { limit, windowSeconds }: Quota,
): string {
  if (windowSeconds === 1) return t('quota.perSecond', { limit });
  if (windowSeconds === 60) return t('quota.perMinute', { limit });
  if (windowSeconds === 3600) return t('quota.perHour', { limit });
  const duration = durationText(windowSeconds * 1000);
  return t('quota.per', { limit, duration });
}

/** "×5", "no limit", "500 per minute". */
export function limitText(t: RateLimitT, override: OverrideLimit): string {
  if (override.kind === 'unlimited') return t('quota.unlimited');
  if (override.kind === 'multiplier') return `×${numberText(override.factor)}`;
  const { limit, windowSeconds } = override;
  return windowSeconds
    ? quotaText(t, { limit, windowSeconds })
    : t('quota.perWindow', { limit });
}

/** What an override makes of a normal quota: "600 per minute"; without one the override itself. */
export function resultText(
  t: RateLimitT,
  override: OverrideLimit,
  normal: Quota | undefined,
): string {
  if (!normal) return limitText(t, override);
  const quota = applyOverride(normal, override);
  return quota ? quotaText(t, quota) : t('quota.unlimited');
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
  t: RateLimitT,
  inForce: RateLimitOverride[],
  usage: RateLimitUsage | undefined,
): string {
  const active = inForce.filter(o => o.state === 'active').length;
  const scheduled = inForce.length - active;
  const refused =
    usage?.subjects.filter(s => s.kind === 'tenant' && s.refused > 0).length ??
    0;
  const parts = [
    active > 0 ? t('headline.active', { count: active }) : t('headline.none'),
    scheduled > 0 && t('headline.scheduled', { count: scheduled }),
    refused > 0 && t('headline.refused', { count: refused }),
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What an override will do: the same for whoever asks for it and for the second person. */
export function effectText(
  t: RateLimitT,
  client: string,
  override: OverrideLimit,
  quota: Quota | undefined,
): string {
  const normal = quota && quotaText(t, quota);
  if (override.kind === 'unlimited') {
    return normal
      ? t('dialog.effectUnlimitedInstead', { client, normal })
      : t('dialog.effectUnlimited', { client });
  }
  const limit = limitText(t, override);
  return normal
    ? t('dialog.effectInstead', { client, limit, normal })
    : t('dialog.effect', { client, limit });
}
