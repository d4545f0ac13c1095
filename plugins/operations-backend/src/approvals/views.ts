import { NotAllowedError } from '@backstage/errors';
import type {
  Approval,
  ApprovalState,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common';
import { approvalDecidePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { Caller } from '../lib/context';
import { iso, optionalIso } from '../lib/time';
import type { ApprovalRow } from './ApprovalStore';
import { personOf } from './Requesters';

/** An approval ends by the clock, whether or not its end is recorded yet. */
export function stateOf(row: ApprovalRow, now: number): ApprovalState {
  return row.state === 'waiting' && row.expires_at <= now
    ? 'timed-out'
    : row.state;
}

/** The person or service that reads approvals. */
export interface Viewer {
  caller: Caller;
  /** has the permission to decide */
  permitted: boolean;
  /** an agent may approve for the person for whom it acts */
  byAgents: boolean;
}

/** @throws NotAllowedError if the caller cannot be the second person */
export function assertMayDecide(
  row: ApprovalRow,
  verb: 'approve' | 'reject',
  viewer: Viewer,
): void {
  const no = whyNotSecond(row, verb, viewer);
  if (no) throw new NotAllowedError(no);
}

/** @throws NotAllowedError if the caller is not the requester */
export function assertMayWithdraw(row: ApprovalRow, caller: Caller): void {
  if (personOf(caller.credentials)?.ref === row.person) return;
  throw new NotAllowedError(
    `Only ${row.person}, who asked for it, can withdraw it`,
  );
}

/** An approval as the caller sees it. */
export function viewOf(
  row: ApprovalRow,
  viewer: Viewer,
  now: number,
): Approval {
  const { caller, permitted } = viewer;
  const state = stateOf(row, now);
  const over: Capability | undefined =
    state === 'waiting'
      ? undefined
      : { allowed: false, rule: 'state', reason: `It is ${state}` };
  const second = (verb: 'approve' | 'reject'): Capability => {
    const no = whyNotSecond(row, verb, viewer);
    return no
      ? {
          allowed: false,
          reason: no,
          rule: 'permission',
          ...(!permitted && { permission: approvalDecidePermission.name }),
        }
      : { allowed: true };
  };
  const own = personOf(caller.credentials)?.ref === row.person;
  return {
    id: row.id,
    state,
    action: row.action,
    target: row.target,
    reason: row.reason,
    requestedBy: row.requested_by,
    href: row.href ?? undefined,
    tenant: row.tenant ?? undefined,
    parameters:
      row.parameters === null ? undefined : JSON.parse(row.parameters),
    rule: row.rule ?? undefined,
    requestedAt: iso(row.requested_at),
    expiresAt: iso(row.expires_at),
    decidedBy: row.decided_by ?? undefined,
    decidedAt: optionalIso(row.decided_at),
    decisionReason: row.decision_reason ?? undefined,
    error: row.error ?? undefined,
    auditId: row.audit_id ?? undefined,
    actions: {
      approve: over ?? second('approve'),
      reject: over ?? second('reject'),
      withdraw:
        over ??
        (own
          ? { allowed: true }
          : {
              allowed: false,
              rule: 'permission',
              reason: `Only ${row.person}, who asked for it, can withdraw it`,
            }),
    },
  };
}

/**
 * The second person is neither the requester nor an agent of the requester. A rejection does no
 * harm, so an agent may reject.
 */
function whyNotSecond(
  row: ApprovalRow,
  verb: 'approve' | 'reject',
  { caller, permitted, byAgents }: Viewer,
): string | undefined {
  const person = personOf(caller.credentials);
  if (!person) return 'It needs a second person, and a service is not a person';
  if (person.ref === row.person) {
    return 'You asked for it yourself: it needs a second person';
  }
  if (!person.inPerson && verb === 'approve' && !byAgents) {
    return 'It is approved in person, not by something that acts for one';
  }
  if (!permitted) {
    return `You do not have the permission ${approvalDecidePermission.name} for this`;
  }
  return undefined;
}
