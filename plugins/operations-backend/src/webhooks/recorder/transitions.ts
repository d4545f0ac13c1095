import type { WebhookState } from '@craft-easy/backstage-plugin-operations-common';
import type { FailureRow } from '../rows';
import type { FailureReport, OutcomeReport } from './reports';

/**
 * What a final failure makes of what is known of the delivery. Pure.
 *
 * @param known - undefined where nothing is
 * @param suppressedBy - id of the pattern that suppresses it, if one does
 * @returns undefined where the report changes nothing: all its attempts are known
 */
export function afterFailure(
  known: FailureRow | undefined,
  report: FailureReport,
  id: string,
  suppressedBy: string | undefined,
): FailureRow | undefined {
  const attempts = Math.max(...report.attempts.map(a => a.n));
  const facts = {
    url: report.url ?? known?.url ?? null,
    error_class: report.error.class,
    error_code: report.error.code,
    error_message: report.error.message,
    attempts,
    failed_at: report.failedAt,
    replayable_until: report.replayableUntil ?? known?.replayable_until ?? null,
  };
  if (!known) {
    return {
      ...facts,
      id,
      source: report.source,
      tenant: report.tenant,
      endpoint: report.endpoint,
      webhook_id: report.webhookId,
      event_type: report.eventType,
      state: suppressedBy ? 'suppressed' : 'failed',
      state_before: null,
      created_at: report.createdAt,
      first_failed_at: report.failedAt,
      state_since: report.failedAt,
      delivered_at: null,
      suppression_id: suppressedBy ?? null,
      triage_by: null,
      triage_at: null,
      triage_reason: null,
    };
  }
  if (attempts <= known.attempts) return undefined;
  const state = suppressedBy ? 'suppressed' : nextState(known.state);
  return {
    ...known,
    ...facts,
    failed_at: Math.max(known.failed_at, report.failedAt),
    ...moved(known, state, report.failedAt),
    suppression_id: suppressedBy ?? known.suppression_id,
  };
}

/**
 * A suppressed failure stays suppressed, and one that is replayed waits for its outcome. Any other
 * is open again.
 */
function nextState(state: WebhookState): WebhookState {
  return state === 'suppressed' || state === 'replaying'
    ? state
    : 'failed-again';
}

/** What the end of a replay makes of its failure. Pure. */
export function afterReplay(
  known: FailureRow,
  report: OutcomeReport,
): FailureRow {
  const attempts = Math.max(
    known.attempts,
    ...report.attempts.map(attempt => attempt.n),
  );
  const last = report.attempts[report.attempts.length - 1];
  switch (report.outcome) {
    case 'delivered':
      return {
        ...known,
        attempts,
        ...moved(known, 'delivered', report.at),
        delivered_at: last ? report.at : known.delivered_at ?? report.at,
      };
    case 'failed':
      return {
        ...known,
        attempts,
        ...(last?.error && {
          error_class: last.error.class,
          error_code: last.error.code,
          error_message: last.error.message,
        }),
        failed_at: Math.max(known.failed_at, report.at),
        ...moved(known, 'failed-again', report.at),
      };
    default: {
      // refused or stopped: nothing was sent, it is as it was
      const back =
        known.state === 'replaying'
          ? known.state_before ?? 'failed'
          : known.state;
      return { ...known, attempts, ...moved(known, back, report.at) };
    }
  }
}

function moved(known: FailureRow, state: WebhookState, at: number) {
  return {
    state,
    state_before: state === 'replaying' ? known.state_before : null,
    state_since: state === known.state ? known.state_since : at,
  };
}
