import { ConflictError } from '@backstage/errors';
import type { Flag } from '@craft-easy/backstage-plugin-operations-common';

/**
 * Somebody else was quicker (412): the answer holds the flag as it is now, so that the page can
 * show the other's change.
 */
export class PreconditionFailedError extends ConflictError {
  readonly statusCode = 412;

  constructor(readonly current: Flag) {
    super(
      `“${current.key}” was changed by ${current.changedBy} at ${current.changedAt}: ${current.changeReason}`,
    );
  }
}
