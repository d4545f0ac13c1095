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
  lacking?: string;
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
  throw new NotAllowedError(onlyRequester(row));
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
    state === 'waiting' ? undefined : refused('state', `It is ${state}`);
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

function onlyRequester({ person }: ApprovalRow): string {
  return `Only ${person}, who asked for it, can withdraw it`;
}

/**
 * The second person is neither the requester nor an agent of the requester. A rejection does no
 * harm, so an agent may reject.
 */
export function whyNotSecond(
  row: ApprovalRow,
  verb: 'approve' | 'reject',
  { caller, permitted, byAgents, lacking }: Viewer,
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
  // a rejection does not need it
  return verb === 'approve' ? lacking : undefined;
}
