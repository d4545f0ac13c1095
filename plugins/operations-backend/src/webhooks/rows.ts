import { createHash } from 'node:crypto';
import type {
  WebhookEndpointState,
  WebhookFailure,
  WebhookFailureClass,
  WebhookState,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Columns } from '../lib/sql';
import { int, optionalInt } from '../lib/sql';
import { iso, optionalIso } from '../lib/time';

/**
 * Source of what the protocol's stream reports; services that report over HTTP are
 * `service:<subject>`.
 */
export const PLATFORM_SOURCE = 'platform';

/** A row of `webhook_failures`. Times are epoch milliseconds. */
export interface FailureRow {
  id: string;
  source: string;
  tenant: string;
  endpoint: string;
  url: string | null;
  webhook_id: string;
  event_type: string;
  state: WebhookState;
  state_before: WebhookState | null;
  error_class: WebhookFailureClass;
  error_code: string;
  error_message: string;
  attempts: number;
  created_at: number;
  first_failed_at: number;
  failed_at: number;
  state_since: number;
  delivered_at: number | null;
  replayable_until: number | null;
  suppression_id: string | null;
  triage_by: string | null;
  triage_at: number | null;
  triage_reason: string | null;
}

export const FAILURE_COLUMNS: Columns = {
  id: 'text',
  source: 'text',
  tenant: 'text',
  endpoint: 'text',
  url: 'text',
  webhook_id: 'text',
  event_type: 'text',
  state: 'text',
  state_before: 'text',
  error_class: 'text',
  error_code: 'text',
  error_message: 'text',
  attempts: 'int',
  created_at: 'bigint',
  first_failed_at: 'bigint',
  failed_at: 'bigint',
  state_since: 'bigint',
  delivered_at: 'bigint',
  replayable_until: 'bigint',
  suppression_id: 'text',
  triage_by: 'text',
  triage_at: 'bigint',
  triage_reason: 'text',
};

const NUMBERS = [
  'attempts',
  'created_at',
  'first_failed_at',
  'failed_at',
  'state_since',
  'delivered_at',
  'replayable_until',
  'triage_at',
] as const;

/** A row as the driver gives it, its numbers as numbers. */
export function readFailure(raw: Record<string, unknown>): FailureRow {
  const row = { ...raw };
  for (const name of NUMBERS) row[name] = optionalInt(raw[name]) ?? null;
  return row as unknown as FailureRow;
}

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
    attempts: int(row.attempts),
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

/**
 * An endpoint's row of `webhook_endpoints` as the API gives it. The clock decides whether a circuit
 * is open or half-open.
 */
export function toEndpointState(
  row: {
    state: WebhookEndpointState['state'];
    since: unknown;
    open_until: unknown;
  },
  now: number,
): WebhookEndpointState {
  const until = optionalInt(row.open_until);
  const opened = row.state === 'down' && until !== undefined;
  return {
    state: row.state,
    since: iso(int(row.since)),
    ...(opened && {
      circuit: now < until ? ('open' as const) : ('half-open' as const),
      retryAt: iso(until),
    }),
  };
}

/** A row of `webhook_replays`. */
export interface ReplayRow {
  id: string;
  failure_id: string;
  bulk_id: string | null;
  source: string;
  tenant: string;
  endpoint: string;
  state:
    | 'pending'
    | 'sending'
    | 'sent'
    | 'delivered'
    | 'failed'
    | 'refused'
    | 'stopped';
  state_before: WebhookState;
  forced: boolean;
  requested_by: string;
  reason: string | null;
  created_at: number;
  rank: number;
  sent_at: number | null;
  lease_until: number | null;
  ended_at: number | null;
  message: string | null;
}

export function readReplay(raw: Record<string, unknown>): ReplayRow {
  const row = { ...raw, forced: Boolean(raw.forced) } as Record<
    string,
    unknown
  >;
  for (const name of [
    'created_at',
    'rank',
    'sent_at',
    'lease_until',
    'ended_at',
  ]) {
    row[name] = optionalInt(raw[name]) ?? null;
  }
  return row as unknown as ReplayRow;
}

/** States of a replay that is under way. */
export const ACTIVE_REPLAY_STATES = ['pending', 'sending', 'sent'] as const;
