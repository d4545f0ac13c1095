import { NotAllowedError } from '@backstage/errors';
import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import type {
  ApprovalState,
  Capability,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { approvalDecidePermission } from '@craft-easy/backstage-plugin-operations-common';
import type { Caller } from '../lib/context';
import { iso, optionalIso } from '../lib/time';
import { ALLOWED, refused } from '../permissions/capabilities';
import { SHOWN, type ApprovalRow } from './ApprovalStore';
import { personOf } from '../permissions/personOf';
import { refusal, sentence, type Said } from '../lib/sentences';

/** An approval ends by the clock, whether or not its end is recorded yet. */
export function stateOf(row: ApprovalRow, now: number): ApprovalState {
  return row.state === 'waiting' && row.expiresAt <= now
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
  /** why the caller may not do themselves what waits, where they may not */
  lacking?: Said;
}

/** @throws NotAllowedError if the caller cannot be the second person */
export function assertMayDecide(
  row: ApprovalRow,
  verb: 'approve' | 'reject',
  viewer: Viewer,
): void {
  const no = whyNotSecond(row, verb, viewer);
  if (no) throw refusal(NotAllowedError, no);
}

/** @throws NotAllowedError if the caller is not the requester */
export function assertMayWithdraw(row: ApprovalRow, caller: Caller): void {
  if (personOf(caller.credentials)?.ref === row.person) return;
  throw refusal(NotAllowedError, onlyRequester(row));
}

/** An approval as the caller sees it. */
export function viewOf(
  row: ApprovalRow,
  viewer: Viewer,
  now: number,
): Approval {
  const { caller, permitted } = viewer;
  const state = stateOf(row, now);
  const over =
    state === 'waiting'
      ? undefined
      : refused('state', sentence(`approval-is-${state}`));
  const second = (verb: 'approve' | 'reject'): Capability => {
    const no = whyNotSecond(row, verb, viewer);
    if (!no) return ALLOWED;
    return {
      ...refused('permission', no),
      ...(!permitted && { permission: approvalDecidePermission.name }),
    };
  };
  const own = personOf(caller.credentials)?.ref === row.person;
  const withdraw = own ? ALLOWED : refused('permission', onlyRequester(row));
  return {
    ...SHOWN.pick(row),
    state,
    parameters: row.parameters && JSON.parse(row.parameters),
    before: row.before && JSON.parse(row.before),
    requestedAt: iso(row.requestedAt),
    expiresAt: iso(row.expiresAt),
    decidedAt: optionalIso(row.decidedAt),
    actions: {
      approve: over ?? second('approve'),
      reject: over ?? second('reject'),
      withdraw: over ?? withdraw,
    },
  };
}

function onlyRequester({ person }: ApprovalRow): Said {
  return sentence('approval-withdraw', { person });
}

/**
 * The second person is neither the requester nor an agent of the requester. A rejection does no
 * harm, so an agent may reject.
 */
export function whyNotSecond(
  row: ApprovalRow,
  verb: 'approve' | 'reject',
  { caller, permitted, byAgents, lacking }: Viewer,
): Said | undefined {
  const person = personOf(caller.credentials);
  if (!person) return sentence('approval-needs-person');
  if (person.ref === row.person) {
    return sentence('approval-own');
  }
  if (!person.inPerson && verb === 'approve' && !byAgents) {
    return sentence('approval-in-person');
  }
  if (!permitted) {
    return sentence('permission-missing', {
      permission: approvalDecidePermission.name,
    });
  }
  // a rejection does not need it
  return verb === 'approve' ? lacking : undefined;
}
