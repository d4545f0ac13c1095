/**
 * Whether somebody may do a thing, and if not, why and whom to ask: shown beforehand, and checked
 * by the same functions when the action is asked for.
 */
import { ConflictError, NotAllowedError } from '@backstage/errors';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common';

export const ALLOWED: Capability = { allowed: true };

export function refused(
  rule: NonNullable<Capability['rule']>,
  reason: string,
  contact?: Capability['contact'],
): Capability {
  return { allowed: false, rule, reason, ...(contact && { contact }) };
}

/** @param what - completes "for …" */
export function lacking(
  permission: string,
  what: string,
  contact?: Capability['contact'],
): Capability {
  const reason = `You do not have the permission ${permission} for ${what}`;
  return { ...refused('permission', reason, contact), permission };
}

/** @param reason - why the platform is away, where that is known */
export function unreachable(reason: string | undefined): Capability {
  const away = 'The platform cannot be reached just now';
  return refused('engine', reason ? `${away}: ${reason}` : away);
}

/**
 * @throws NotAllowedError for want of a permission; ConflictError where anything else forbids it
 */
export function assertAllowed({ allowed, rule, reason }: Capability): void {
  if (allowed) return;
  if (rule === 'permission') throw new NotAllowedError(reason);
  throw new ConflictError(reason);
}
