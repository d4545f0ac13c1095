import type { Approval } from '@craft-easy/backstage-plugin-operations-common';

/** What is shown of a request beside its values. */
export interface EffectProps {
  of: Approval;
}
