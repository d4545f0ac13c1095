import type { Knex } from 'knex';
import {
  OPEN_WEBHOOK_STATES,
  WebhookAction,
  WebhookSelection,
  WebhookState,
} from '@craft-easy/backstage-plugin-operations-common';
import type { TenantScope } from '../permissions/TenantScope';
import { whereFilter } from './filters';
import { ACTIVE_REPLAY_STATES } from './rows';

/** Which failures an action takes: the selected ones, of those that the caller may act on. */
export interface Target {
  action: WebhookAction;
  selection: WebhookSelection;
  scope: TenantScope;
  /** replay what was delivered, too */
  includeDelivered: boolean;
  now: number;
}

/** From which states an action leads on. */
const FROM: Record<WebhookAction, WebhookState[]> = {
  replay: ['failed', 'failed-again', 'handled', 'suppressed'],
  suppress: ['failed', 'failed-again', 'handled'],
  handle: ['failed', 'failed-again', 'suppressed'],
};

/**
 * States that the action takes. A filter without states means the open ones, so that nobody replays
 * by accident what was dealt with.
 */
export function statesTaken({
  action,
  selection,
  includeDelivered,
}: Target): WebhookState[] {
  const from: WebhookState[] = includeDelivered
    ? [...FROM[action], 'delivered']
    : FROM[action];
  if ('ids' in selection || selection.filter.state) return from;
  const open: readonly string[] = OPEN_WEBHOOK_STATES;
  return from.filter(
    state =>
      open.includes(state) || (includeDelivered && state === 'delivered'),
  );
}

/** What was selected. */
export function whereSelected(
  query: Knex.QueryBuilder,
  { selection, scope, now }: Target,
): void {
  if ('ids' in selection) {
    query.whereIn('webhook_failures.id', selection.ids);
    scope.where(query, 'tenant');
  } else {
    whereFilter(query, { filter: selection.filter, scope, now });
    query.where('failed_at', '<=', Date.parse(selection.asOf));
  }
}

/** Of what was selected, what the action takes. */
export function whereTaken(query: Knex.QueryBuilder, target: Target): void {
  whereSelected(query, target);
  query.whereIn('state', statesTaken(target));
  if (target.action !== 'replay') return;
  query
    .where(q =>
      q
        .whereNull('replayable_until')
        .orWhere('replayable_until', '>', target.now),
    )
    .whereNotExists(underWay);
}

/** Makes a query of the replay that is under way for a failure, if one is. */
export function underWay(query: Knex.QueryBuilder): Knex.QueryBuilder {
  return query
    .from('webhook_replays as r')
    .select(query.client.raw('1'))
    .whereRaw('r.failure_id = webhook_failures.id')
    .whereRaw(
      `r.state in (${ACTIVE_REPLAY_STATES.map(s => `'${s}'`).join(', ')})`,
    );
}
