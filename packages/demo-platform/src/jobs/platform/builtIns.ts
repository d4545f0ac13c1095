import type { JobDeclaration } from '@craft-easy/operations-sdk/jobs';
import { ON_CALL, runbook } from '../../platform/onCall';

/** What the framework's built-in jobs have in common. */
export function builtIn(
  name: string,
): Pick<
  JobDeclaration,
  'name' | 'owner' | 'system' | 'lifecycle' | 'tags' | 'links' | 'onCall'
> {
  return {
    name,
    owner: 'group:default/platform',
    system: 'craft-easy',
    lifecycle: 'production',
    tags: ['built-in'],
    links: [runbook(name)],
    onCall: ON_CALL.platform,
  };
}
