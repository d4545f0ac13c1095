import type { Approval } from '@craft-easy/backstage-plugin-operations-common';
import { OtherAnswer } from '../lib/OtherAnswer';

/** Not done: it waits for a second person. Answered with 202 and the approval. */
export class ApprovalRequestedError extends OtherAnswer {
  override readonly name = 'ApprovalRequestedError';

  constructor(approval: Approval) {
    super(
      `${approval.action} was not done yet: it waits for the approval of a second person until ${approval.expiresAt}`,
      202,
      { approval },
    );
  }
}
