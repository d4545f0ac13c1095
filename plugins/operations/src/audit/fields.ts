import type { tickTime } from '../components/time';
import type { AuditT } from './messages';

/** What an action was given, or made. Older versions wrote others: no field is sure to be there. */
export type Fields = Record<string, unknown>;

/** The fields of an object; none where it is something else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}

/** Writes a time, with its zone or without. */
export type Clock = typeof tickTime;

/** A time as a clock shows it. */
export function timeOf(value: unknown, clock: Clock): string | undefined {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    ? clock(value, Date.now())
    : undefined;
}

/** The tenant, address or network of an override. */
export function subjectOf(value: unknown): string | undefined {
  const { tenant, ip, cidr } = fieldsOf(value);
  return textOf(tenant) ?? textOf(ip) ?? textOf(cidr);
}

/** The tenant of a maintenance window, or the whole platform. */
export function scopeOf(t: AuditT, value: unknown): string | undefined {
  const { kind, tenant } = fieldsOf(value);
  return kind === 'platform' ? t('targets.platform') : textOf(tenant);
}

/** A fixed limit: "500 per 60 s". */
export function requestsText(t: AuditT, given: Fields): string | undefined {
  const { limit, windowSeconds } = given;
  if (typeof limit !== 'number') return undefined;
  return typeof windowSeconds === 'number'
    ? t('targets.quota', { limit, seconds: windowSeconds })
    : t('targets.quotaPerWindow', { limit });
}
