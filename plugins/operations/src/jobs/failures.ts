import { FAILURE_STATUSES } from '@craft-easy/backstage-plugin-operations-common/internal';

/** Whether a run with this status ended badly. */
export function isFailure(status: string | undefined): boolean {
  return (FAILURE_STATUSES as readonly (string | undefined)[]).includes(status);
}
