import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { iso } from './TestPlatform';

const HOUR = 3_600_000;

/** Ada's request to take the whole platform offline, as the second person sees it. */
export function aRequest(
  id: string,
  { isOwn, ...more }: Partial<Approval> & { isOwn?: boolean } = {},
): Approval {
  const why = isOwn
    ? 'You asked for it yourself: it needs a second person'
    : 'Only user:default/ada.admin, who asked for it, can withdraw it';
  const second = isOwn
    ? { allowed: false, rule: 'permission' as const, reason: why }
    : { allowed: true };
  return {
    id,
    state: 'waiting',
    action: 'maintenance.begin',
    target: 'maintenance:7',
    reason: 'The data centre moves tonight',
    parameters: {
      scope: { kind: 'platform' },
      mode: 'offline',
      startsAt: iso(Date.now() + 5 * HOUR),
      endsAt: iso(Date.now() + 6 * HOUR),
      timezone: 'Europe/Stockholm',
      messages: { en: 'We move to new machines' },
      holdJobs: true,
    },
    rule: 'the whole platform goes offline',
    requestedBy: 'user:default/ada.admin',
    requestedAt: iso(Date.now() - HOUR / 60),
    expiresAt: iso(Date.now() + HOUR),
    actions: {
      approve: second,
      reject: second,
      withdraw: isOwn
        ? { allowed: true }
        : { allowed: false, rule: 'permission', reason: why },
    },
    ...more,
  };
}
