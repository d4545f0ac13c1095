import {
  approvalReadPermission,
  type Approval,
} from '@craft-easy/backstage-plugin-operations-common';
import { APPROVAL_STATES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { isInUse, useMay, useMyPermissions } from '../access/useMay';
import { useLive } from '@craft-easy/backstage-plugin-operations-react';

const TOPICS = ['approvals'] as const;

const DECIDED = APPROVAL_STATES.filter(one => one !== 'waiting');

/**
 * Whether the user may see what others asked for; undefined while that is not known, and where
 * nothing ever needed a second person.
 */
function useSeesAll(): boolean | undefined {
  const may = useMay(approvalReadPermission);
  const { mine, isUnknowable } = useMyPermissions();
  if (mine && !isInUse('approvals', mine)) return undefined;
  if (may) return may.allowed;
  // where it cannot be known, or nobody knows of the permission, the backend says
  return mine !== undefined || isUnknowable || undefined;
}

/** The requests that wait for a second person; nothing is asked where the user may not see any. */
export function useWaitingApprovals() {
  return useLive(
    'GET /approvals',
    useSeesAll() ? { query: { state: ['waiting'], limit: 200 } } : null,
    { topics: TOPICS },
  );
}

/** The requests that wait, of which who may not see those of others has their own. */
export function usePendingApprovals(): Approval[] {
  const isAlone = useSeesAll() === false;
  const all = useWaitingApprovals();
  const own = useLive('GET /approvals/mine', isAlone ? {} : null, {
    topics: TOPICS,
  });
  return (isAlone ? own : all).data?.items ?? [];
}

/** The requests that nobody needs to decide any more, the newest first. */
export function useDecidedApprovals() {
  return useLive(
    'GET /approvals',
    { query: { state: DECIDED, limit: 50 } },
    { topics: TOPICS },
  );
}

/** One request, in whatever state it is. */
export function useApproval(id: string | undefined) {
  return useLive('GET /approvals/:id', id ? { params: { id } } : null, {
    topics: TOPICS,
  });
}

/** How many requests the user may decide; undefined while that is not known. */
export function useApprovalCount(): number | undefined {
  return useWaitingApprovals().data?.items.filter(mayDecide).length;
}

/** Whether the user may be the second person. */
export function mayDecide({ actions }: Approval): boolean {
  return actions.approve.allowed;
}
