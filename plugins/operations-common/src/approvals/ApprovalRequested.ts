import type { Approval } from './index';

/**
 * Thrown by the client where an action was not done but waits for a second person (202 with an
 * `approval`).
 * @public
 */
export class ApprovalRequested extends Error {
  override readonly name = 'ApprovalRequested';

  constructor(readonly approval: Approval) {
    super(
      `${approval.action} waits for a second person's approval until ${approval.expiresAt}`,
    );
  }
}
