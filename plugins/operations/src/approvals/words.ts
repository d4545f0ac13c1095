import type { ApprovalState } from '@craft-easy/backstage-plugin-operations-common/internal';

/** What the buttons and dialogs say. */
export const VERBS = {
  approve: 'Approve',
  reject: 'Reject',
  withdraw: 'Take back',
};

/** What the user can do to an approval. */
export type Verb = keyof typeof VERBS;

const TEXTS: Record<ApprovalState, string> = {
  waiting: 'Waits',
  approved: 'Approved, and being done',
  done: 'Approved and done',
  failed: 'Approved, but it could not be done',
  refused: 'Approved, but refused',
  rejected: 'Rejected',
  withdrawn: 'Taken back',
  'timed-out': 'Nobody approved it in time',
};

/** The state of an approval, as the beginning of a sentence. */
export function stateText(state: ApprovalState): string {
  return TEXTS[state];
}
