import type {
  Capability,
  WebhookAction,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import {
  ALLOWED,
  lacking,
  refused,
  unreachable,
} from '../permissions/capabilities';
import type { TenantScope } from '../permissions/TenantScope';
import { FailureRow, PLATFORM_SOURCE } from './rows';
import { minuteText } from '../lib/time';

/** Whether the platform could execute a replay now. */
export interface PlatformState {
  available: boolean;
  reason?: string;
  /** live dispatchers */
  dispatchers: number;
}

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
      : undefined) ??
    ALLOWED
  );
}

function permitted(
  action: WebhookAction,
  failure: FailureRow,
  scope: TenantScope,
): Capability | undefined {
  if (scope.covers(failure.tenant)) return undefined;
  return lacking(`operations.webhook.${action}`, failure.tenant);
}

function inState(
  action: WebhookAction,
  { state }: FailureRow,
): Capability | undefined {
  if (state === 'replaying') {
    return refused('state', 'It is being sent again this moment');
  }
  if (action === 'replay') return undefined;
  if (state === 'delivered') {
    return refused('state', 'It was delivered; there is nothing left to do');
  }
  if (action === 'handle' && state === 'handled') {
    return refused('state', 'It is marked handled already');
  }
  if (action === 'suppress' && state === 'suppressed') {
    return refused('state', 'It is suppressed already');
  }
  return undefined;
}

function kept(failure: FailureRow, now: number): Capability | undefined {
  const until = failure.replayable_until;
  if (until === null || until > now) return undefined;
  return refused(
    'state',
    `The platform kept its bytes until ${minuteText(until)}`,
  );
}

function reachable(
  failure: FailureRow,
  platform: PlatformState,
): Capability | undefined {
  // a platform that fetches its replays is not called, so it may be away
  if (failure.source !== PLATFORM_SOURCE) return undefined;
  if (!platform.available) return unreachable(platform.reason);
  if (platform.dispatchers === 0) {
    return refused(
      'engine',
      'No webhook dispatcher of the platform is alive: nobody would send it',
    );
  }
  return undefined;
}
