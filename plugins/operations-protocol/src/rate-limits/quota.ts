import type { OverrideLimit, OverrideSubject } from './override';

/** `tenant:acme`, `ip:192.0.2.1`, `cidr:10.0.0.0/8`: a subject as one word. */
export function subjectKey(subject: OverrideSubject): string {
  switch (subject.kind) {
    case 'tenant':
      return `tenant:${subject.tenant}`;
    case 'ip':
      return `ip:${subject.ip}`;
    default:
      return `cidr:${subject.cidr}`;
  }
}

/** A limit: so many requests in so many seconds. @public */
export interface Quota {
  limit: number;
  windowSeconds: number;
}

/**
 * What a quota becomes under an override; undefined means unlimited. A multiple is rounded, and
 * never less than one request.
 */
export function applyOverride(
  quota: Quota,
  override: OverrideLimit,
): Quota | undefined {
  switch (override.kind) {
    case 'unlimited':
      return undefined;
    case 'fixed':
      return {
        limit: override.limit,
        windowSeconds: override.windowSeconds ?? quota.windowSeconds,
      };
    default:
      return {
        limit: Math.max(1, Math.round(quota.limit * override.factor)),
        windowSeconds: quota.windowSeconds,
      };
  }
}

/** Subject under which the excess is counted; no tenant's id begins with a blank. */
export const USAGE_OTHERS = ' *';

/** Subject of all requests whose address could not be read. */
export const USAGE_UNKNOWN = ' ?';
