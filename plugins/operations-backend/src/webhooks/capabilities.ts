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
import { iso } from '../lib/time';
import { sentence, type Said } from '../lib/sentences';

/** Whether the platform could execute a replay now. */
export interface PlatformState {
  available: boolean;
  reason?: Said;
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
  const { tenant } = failure;
  const permission = `operations.webhook.${action}`;
  return lacking(
    permission,
    sentence('permission-missing-for', { permission, tenant }),
  );
}

function inState(
  action: WebhookAction,
  { state }: FailureRow,
): Capability | undefined {
  if (state === 'replaying') {
    return refused('state', sentence('failure-replaying'));
  }
  if (action === 'replay') return undefined;
  if (state === 'delivered') {
    return refused('state', sentence('failure-delivered'));
  }
  if (action === 'handle' && state === 'handled') {
    return refused('state', sentence('failure-handled'));
  }
  if (action === 'suppress' && state === 'suppressed') {
    return refused('state', sentence('failure-suppressed'));
  }
  return undefined;
}

function kept(failure: FailureRow, now: number): Capability | undefined {
  const until = failure.replayable_until;
  if (until === null || until > now) return undefined;
  return refused(
    'state',
    sentence('failure-bytes-gone', { until: { at: iso(until) } }),
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
    return refused('engine', sentence('dispatchers-gone'));
  }
  return undefined;
}
