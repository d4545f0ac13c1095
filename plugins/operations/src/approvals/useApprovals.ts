import {
  approvalReadPermission,
  type Approval,
} from '@craft-easy/backstage-plugin-operations-common';
import { APPROVAL_STATES } from '@craft-easy/backstage-plugin-operations-common/internal';
import { useMay, useMyPermissions } from '../access/useMay';
import { useLive } from '../hooks/useLive';

const TOPICS = ['approvals'] as const;

const DECIDED = APPROVAL_STATES.filter(one => one !== 'waiting');

/** The requests that wait for a second person; nothing is asked where the user may not see any. */
export function useWaitingApprovals() {
  const may = useMay(approvalReadPermission);
  const { mine, isUnknowable } = useMyPermissions();
  // where it cannot be known, or nobody knows of the permission, the backend says
  const isAsked = may ? may.allowed : mine !== undefined || isUnknowable;
  return useLive(
    'GET /approvals',
    isAsked ? { query: { state: ['waiting'], limit: 200 } } : null,
    { topics: TOPICS },
  );
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
