/**
 * Whether somebody may do a thing, and if not, why and whom to ask: shown beforehand, and checked
 * by the same functions when the action is asked for.
 */
import { ConflictError, NotAllowedError } from '@backstage/errors';
import type { Capability } from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  asValue,
  reasonOf,
  refusal,
  sentence,
  type Said,
} from '../lib/sentences';

export const ALLOWED: Capability = { allowed: true };

export function refused(
  rule: NonNullable<Capability['rule']>,
  why: Said,
  contact?: Capability['contact'],
): Capability {
  return {
    allowed: false,
    rule,
    ...reasonOf(why),
    ...(contact && { contact }),
  };
}

/** @param why - the sentence of the missing permission; without, it is missing "for this" */
export function lacking(
  permission: string,
  why: Said = sentence('permission-missing', { permission }),
  contact?: Capability['contact'],
): Capability {
  return { ...refused('permission', why, contact), permission };
}

/** @param reason - why the platform is away, where that is known */
export function unreachable(reason: Said | undefined): Capability {
  return refused(
    'engine',
    reason === undefined
      ? sentence('platform-away')
      : sentence('platform-away-because', { reason: asValue(reason) }),
  );
}

/** What stands against it; with its code, where it has one. */
export function whyNot({
  reason,
  words,
}: Pick<Capability, 'reason' | 'words'>) {
  return words?.reason ?? reason ?? '';
}

/**
 * @throws NotAllowedError for want of a permission; ConflictError where anything else forbids it
 */
export function assertAllowed(may: Capability): void {
  if (may.allowed) return;
  if (may.rule === 'permission') throw refusal(NotAllowedError, whyNot(may));
  throw refusal(ConflictError, whyNot(may));
}
