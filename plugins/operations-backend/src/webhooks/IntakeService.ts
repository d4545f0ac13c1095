import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  ClaimedReplays,
  ClaimReplaysRequest,
  ReplayOutcomeRequest,
  webhookReportPermission,
  WebhookReports,
  WebhookReportsResult,
} from '@craft-easy/backstage-plugin-operations-common';
import type { Knex } from 'knex';
import type { Caller } from '../lib/routes';
import { iso } from '../lib/time';
import type { Access } from '../permissions/Access';
import { HandbackStore } from './HandbackStore';
import { FailureReport } from './recorder/reports';
import { WebhookRecorder } from './recorder/WebhookRecorder';
import { ReplayQueue } from './ReplayQueue';

/**
 * The door for platforms without the SDK: they report failures over HTTP and fetch their replays. What they report are facts, at least once, so they are
 * not audited as actions of people are; who asked for a replay was.
 */
export class IntakeService {
  private readonly handbacks: HandbackStore;
  private readonly queue: ReplayQueue;

  constructor(
    knex: Knex,
    private readonly recorder: WebhookRecorder,
    private readonly onChange: () => void,
    private readonly now: () => number = Date.now,
  ) {
    this.handbacks = new HandbackStore(knex);
    this.queue = new ReplayQueue(knex);
  }

  async report(
    body: () => WebhookReports,
    caller: Caller,
    access: Access,
  ): Promise<WebhookReportsResult> {
    const source = await sourceOf(caller, access);
    const reports = body().failures.map((failure): FailureReport => {
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
        // a clock that runs ahead must not keep a failure on top of the list for ever
        failedAt: Math.min(Date.parse(last.at) + last.durationMs, this.now()),
        error: last.error ?? errorOf(last.status),
        attempts: failure.attempts,
        payload: failure.payload,
        replayableUntil: failure.replayableUntil
          ? Date.parse(failure.replayableUntil)
          : undefined,
      };
    });
    const recorded = await this.recorder.record(reports);
    if (recorded.applied > 0) this.onChange();
    return { recorded: recorded.applied, repeated: recorded.repeated };
  }

  async claim(
    body: () => ClaimReplaysRequest,
    caller: Caller,
    access: Access,
  ): Promise<ClaimedReplays> {
    const source = await sourceOf(caller, access);
    const { limit, leaseSeconds } = body();
    const now = this.now();
    const leaseUntil = now + leaseSeconds * 1000;
    const ids = await this.handbacks.waitingFor(source, limit, now);
    const claimed = await this.queue.claim(ids, now, leaseUntil);
    if (claimed.length > 0) this.onChange();
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
      })),
    };
  }

  /** @throws NotFoundError if it is not a replay of what this service reported */
  async outcome(
    id: string,
    body: () => ReplayOutcomeRequest,
    caller: Caller,
    access: Access,
  ): Promise<{ recorded: boolean }> {
    const source = await sourceOf(caller, access);
    const owner = await this.handbacks.owner(id);
    if (owner?.source !== source) {
      throw new NotFoundError(`There is no replay ${id} of yours`);
    }
    const { outcome, attempts, message } = body();
    const { applied } = await this.recorder.record([
      {
        kind: 'replay',
        commandId: id,
        outcome,
        at: this.now(),
        attempts: attempts.map(attempt => ({ ...attempt, replay: id })),
        message,
      },
    ]);
    if (applied > 0) this.onChange();
    return { recorded: applied > 0 };
  }
}

/** @throws NotAllowedError for people: a report has a machine as its author */
async function sourceOf(caller: Caller, access: Access): Promise<string> {
  await access.require(webhookReportPermission);
  if (!caller.actor.startsWith('service:') || caller.onBehalfOf) {
    throw new NotAllowedError('Only services may report webhook failures');
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
