import type {
  Capability,
  WebhookAction,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { TenantScope } from '../permissions/TenantScope';
import { FailureRow, PLATFORM_SOURCE } from './rows';

/** Whether the platform could execute a replay now. */
export interface PlatformState {
  available: boolean;
  reason?: string;
  /** live dispatchers */
  dispatchers: number;
}

type Rule = NonNullable<Capability['rule']>;
const no = (rule: Rule, reason: string): Capability => ({
  allowed: false,
  rule,
  reason,
});

/**
 * Whether an action may be done to a failure, and if not, why: shown beforehand with the failure,
 * and checked by the same function when the action is asked for. A delivered failure may be
 * replayed here; the service asks for a confirmation.
 */
export function mayAct(
  action: WebhookAction,
  failure: FailureRow,
  scope: TenantScope,
  platform: PlatformState,
  now: number,
): Capability {
  return (
    permitted(action, failure, scope) ??
    inState(action, failure) ??
    (action === 'replay'
      ? kept(failure, now) ?? reachable(failure, platform)
      : undefined) ?? { allowed: true }
  );
}

function permitted(
  action: WebhookAction,
  failure: FailureRow,
  scope: TenantScope,
): Capability | undefined {
  if (scope.covers(failure.tenant)) return undefined;
  const permission = `operations.webhook.${action}`;
  return {
    ...no(
      'permission',
      `You do not have the permission ${permission} for ${failure.tenant}`,
    ),
    permission,
  };
}

function inState(
  action: WebhookAction,
  { state }: FailureRow,
): Capability | undefined {
  if (state === 'replaying') {
    return no('state', 'It is being sent again this moment');
  }
  if (action === 'replay') return undefined;
  if (state === 'delivered') {
    return no('state', 'It was delivered; there is nothing left to do');
  }
  if (action === 'handle' && state === 'handled') {
    return no('state', 'It is marked handled already');
  }
  if (action === 'suppress' && state === 'suppressed') {
    return no('state', 'It is suppressed already');
  }
  return undefined;
}

function kept(failure: FailureRow, now: number): Capability | undefined {
  const until = failure.replayable_until;
  if (until === null || until > now) return undefined;
  return no(
    'state',
    `The platform kept its bytes until ${new Date(until).toISOString()}`,
  );
}

function reachable(
  failure: FailureRow,
  platform: PlatformState,
): Capability | undefined {
  // a platform that fetches its replays itself does so when it can
  if (failure.source !== PLATFORM_SOURCE) return undefined;
  if (!platform.available) {
    return no(
      'engine',
      `The platform cannot be reached just now${
        platform.reason ? `: ${platform.reason}` : ''
      }`,
    );
  }
  if (platform.dispatchers === 0) {
    return no(
      'engine',
      'No webhook dispatcher of the platform is alive: nobody would send it',
    );
  }
  return undefined;
}
