import { createHash } from 'node:crypto';
import type { WebhookFailure } from '@craft-easy/backstage-plugin-operations-common';
import type {
  WebhookEndpointState,
  WebhookFailureClass,
  WebhookState,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { BulkKind } from '../bulk/kinds';
import { LOCKS } from '../lib/sql';
import {
  bigint,
  boolean,
  integer,
  nullable,
  optional,
  Table,
  text,
  type RowOf,
} from '../lib/table';
import { iso, optionalIso } from '../lib/time';

/**
 * Source of what the protocol's stream reports; services that report over HTTP are
 * `service:<subject>`.
 */
export const PLATFORM_SOURCE = 'platform';

/** Deliveries that finally failed. Times are epoch milliseconds. */
export const FAILURES = new Table('webhook_failures', {
  id: text(),
  source: text(),
  tenant: text(),
  endpoint: text(),
  url: nullable(text()),
  webhook_id: text(),
  event_type: text(),
  state: text<WebhookState>(),
  state_before: nullable(text<WebhookState>()),
  error_class: text<WebhookFailureClass>(),
  error_code: text(),
  error_message: text(),
  attempts: integer(),
  created_at: bigint(),
  first_failed_at: bigint(),
  failed_at: bigint(),
  state_since: bigint(),
  delivered_at: nullable(bigint()),
  replayable_until: nullable(bigint()),
  suppression_id: nullable(text()),
  triage_by: nullable(text()),
  triage_at: nullable(bigint()),
  triage_reason: nullable(text()),
});
export type FailureRow = RowOf<typeof FAILURES>;

/** Id of a failure: the same whenever and by whomever the same delivery is reported. */
export function failureId(key: {
  source: string;
  tenant: string;
  endpoint: string;
  webhookId: string;
}): string {
  return `whf-${createHash('sha256')
    .update(`${key.source}\0${key.tenant}\0${key.endpoint}\0${key.webhookId}`)
    .digest('hex')
    .slice(0, 28)}`;
}

/** A failure as the API gives it. */
export function toFailure(row: FailureRow): WebhookFailure {
  return {
    id: row.id,
    tenant: row.tenant,
    endpoint: row.endpoint,
    url: row.url ?? undefined,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    source: row.source,
    state: row.state,
    errorClass: row.error_class,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    attempts: row.attempts,
    createdAt: iso(row.created_at),
    firstFailedAt: iso(row.first_failed_at),
    lastFailedAt: iso(row.failed_at),
    stateSince: iso(row.state_since),
    deliveredAt: optionalIso(row.delivered_at),
    replayableUntil: optionalIso(row.replayable_until),
    triage:
      row.triage_by && row.triage_at !== null
        ? {
            by: row.triage_by,
            at: iso(row.triage_at),
            reason: row.triage_reason ?? '',
          }
        : undefined,
  };
}

/** How the receivers' endpoints are doing. */
export const ENDPOINTS = new Table('webhook_endpoints', {
  source: text(),
  tenant: text(),
  endpoint: text(),
  url: optional(text()),
  state: text<WebhookEndpointState['state']>(),
  since: bigint(),
  openUntil: optional(bigint()),
  /** JSON */
  error: optional(text()),
});

/** An endpoint as the API gives it. The clock decides whether a circuit is open or half-open. */
export function toEndpointState(
  { state, since, openUntil: until }: RowOf<typeof ENDPOINTS>,
  now: number,
): WebhookEndpointState {
  const opened = state === 'down' && until !== undefined;
  return {
    state,
    since: iso(since),
    ...(opened && {
      circuit: now < until ? ('open' as const) : ('half-open' as const),
      retryAt: iso(until),
    }),
  };
}

/** Failures that are sent again. */
export const REPLAYS = new Table('webhook_replays', {
  id: text(),
  failure_id: text(),
  bulk_id: nullable(text()),
  source: text(),
  tenant: text(),
  endpoint: text(),
  state: text<
    | 'pending'
    | 'sending'
    | 'sent'
    | 'delivered'
    | 'failed'
    | 'refused'
    | 'stopped'
  >(),
  state_before: text<WebhookState>(),
  forced: boolean(),
  requested_by: text(),
  reason: nullable(text()),
  created_at: bigint(),
  rank: bigint(),
  sent_at: nullable(bigint()),
  lease_until: nullable(bigint()),
  ended_at: nullable(bigint()),
  message: nullable(text()),
});
export type ReplayRow = RowOf<typeof REPLAYS>;

/** Bulk replays. */
export const REPLAY_BULKS = {
  bulks: 'webhook_bulk_replays',
  items: 'webhook_replays',
  lock: LOCKS.webhooks,
  ended: ['delivered', 'failed', 'refused', 'stopped'],
  // the platform is to be notified
  onStop: { stop_sent: false },
} as const satisfies BulkKind;

/** States of a replay that is under way. */
export const ACTIVE_REPLAY_STATES = ['pending', 'sending', 'sent'] as const;
