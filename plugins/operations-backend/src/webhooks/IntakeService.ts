import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  ClaimedReplays,
  ClaimReplaysRequest,
  ReplayOutcomeRequest,
  WebhookReports,
  WebhookReportsResult,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Knex } from 'knex';
import type { Caller } from '../lib/context';
import { iso, optionalMs } from '../lib/time';
import { HandbackStore } from './HandbackStore';
import { FailureReport } from './recorder/reports';
import { WebhookRecorder } from './recorder/WebhookRecorder';
import { ReplayQueue } from './ReplayQueue';
import { refusal, sentence } from '../lib/sentences';

/**
 * For platforms without the SDK, which report failures and claim replays over HTTP. A report is a
 * fact, delivered at least once: it is not audited. Whoever asked for a replay is.
 */
export class IntakeService {
  private readonly handbacks: HandbackStore;
  private readonly queue: ReplayQueue;

  constructor(
    private readonly options: {
      knex: Knex;
      recorder: WebhookRecorder;
      onChanged(): void;
      now?(): number;
    },
  ) {
    this.handbacks = new HandbackStore(options.knex);
    this.queue = new ReplayQueue(options.knex);
  }

  /** @param source - the service that reports, as {@link reporterOf} names it */
  async report(
    source: string,
    { failures }: WebhookReports,
  ): Promise<WebhookReportsResult> {
    const reports = failures.map((failure): FailureReport => {
      const last = failure.attempts[failure.attempts.length - 1];
      return {
        kind: 'failure',
        source,
        tenant: failure.tenant,
        endpoint: failure.endpoint,
        url: failure.url,
        webhookId: failure.webhookId,
        eventType: failure.eventType,
        createdAt: Date.parse(failure.createdAt),
        // a reporter's clock that runs ahead must not keep a failure on top of the list for ever
        failedAt: Math.min(Date.parse(last.at) + last.durationMs, this.now()),
        error: last.error ?? errorOf(last.status),
        attempts: failure.attempts,
        payload: failure.payload,
        replayableUntil: optionalMs(failure.replayableUntil),
      };
    });
    const recorded = await this.options.recorder.record(reports);
    if (recorded.applied > 0) this.options.onChanged();
    return { recorded: recorded.applied, repeated: recorded.repeated };
  }

  async claim(
    source: string,
    { limit, leaseSeconds }: ClaimReplaysRequest,
  ): Promise<ClaimedReplays> {
    const now = this.now();
    const leaseUntil = now + leaseSeconds * 1000;
    const ids = await this.handbacks.waitingFor(source, limit, now);
    const claimed = await this.queue.claim(ids, now, leaseUntil);
    if (claimed.length > 0) this.options.onChanged();
    return {
      replays: claimed.map(replay => ({
        commandId: replay.id,
        tenant: replay.tenant,
        endpoint: replay.endpoint,
        webhookId: replay.webhook_id,
        eventType: replay.event_type,
        requestedBy: replay.requested_by,
        reason: replay.reason ?? replay.bulk_reason ?? '',
        requestedAt: iso(replay.created_at),
        leasedUntil: iso(leaseUntil),
        force: replay.forced,
      })),
    };
  }

  /** @throws NotFoundError if the replay is not of what this service reported */
  async recordOutcome(
    source: string,
    id: string,
    { outcome, attempts, message }: ReplayOutcomeRequest,
  ): Promise<{ recorded: boolean }> {
    const owner = await this.handbacks.owner(id);
    if (owner?.source !== source) {
      throw new NotFoundError(`There is no replay ${id} of yours`);
    }
    const { applied } = await this.options.recorder.record([
      {
        kind: 'replay',
        commandId: id,
        outcome,
        at: this.now(),
        attempts: attempts.map(attempt => ({ ...attempt, replay: id })),
        message,
      },
    ]);
    if (applied > 0) this.options.onChanged();
    return { recorded: applied > 0 };
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}

/** The service that reports. @throws NotAllowedError for people, who report nothing */
export function reporterOf(caller: Caller): string {
  if (!caller.actor.startsWith('service:') || caller.onBehalfOf) {
    throw refusal(NotAllowedError, sentence('services-report'));
  }
  return caller.actor.slice(0, 320);
}

function errorOf(status: number | undefined): FailureReport['error'] {
  if (status === undefined) {
    return { class: 'connection', code: 'UNKNOWN', message: 'No answer' };
  }
  const errorClass = status >= 500 ? 'server-error' : 'client-error';
  return {
    class: status < 400 ? 'redirect' : errorClass,
    code: String(status),
    message: `The receiver answered ${status}`,
  };
}
