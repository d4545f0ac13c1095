import {
  WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
  WEBHOOK_REPLAY_RESULT_TTL_MS,
  WebhookAttempt,
  WebhookError,
  WebhookReplayCommand,
  WebhookReplayOutcome,
  WebhookReportInput,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import {
  ProtocolKeys,
  RUN_RECORD_FIELD,
} from '@craft-easy/backstage-plugin-operations-protocol';
import type { ChainableCommander } from 'ioredis';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { DeliveryJob, shownUrl } from './delivery';
import type { KeptDelivery, PayloadStore } from './PayloadStore';
import type { Redactor } from './redact';

/**
 * Tells the portal what finally failed and what became of replays; each report and what belongs to
 * it in one transaction.
 */
export class Reporter {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: ProtocolKeys,
    private readonly payloads: PayloadStore,
    private readonly redactor: Redactor,
  ) {}

  /** A delivery finally failed: keeps its bytes and reports it. */
  async failure(
    job: DeliveryJob,
    attempts: WebhookAttempt[],
    error: WebhookError,
    url: string | undefined,
  ): Promise<void> {
    const now = Date.now();
    const last = attempts[attempts.length - 1];
    const transaction = this.redis.multi();
    this.payloads.keep(transaction, job, last.n);
    this.append(transaction, {
      v: 1,
      kind: 'failure',
      tenant: job.tenant,
      endpoint: job.endpoint,
      url: shownUrl(url),
      webhookId: job.webhookId,
      eventType: job.eventType,
      createdAt: new Date(job.createdAt).toISOString(),
      failedAt: new Date(now).toISOString(),
      error,
      attempts,
      payload: this.redactor.payload(job.body, job.contentType).payload,
      replayableUntil: new Date(now + this.payloads.keepMs).toISOString(),
    });
    await execute(transaction);
  }

  /**
   * A replay ended: reports it, and remembers that it did so that the command is not carried out
   * twice.
   */
  async replay(
    command: WebhookReplayCommand,
    result: {
      outcome: WebhookReplayOutcome['outcome'];
      attempts?: WebhookAttempt[];
      message?: string;
    },
    kept?: KeptDelivery,
  ): Promise<void> {
    const at = new Date().toISOString();
    const transaction = this.redis.multi();
    const attempts = result.attempts ?? [];
    if (kept && attempts.length > 0) {
      this.payloads.note(transaction, command, {
        attempts: attempts[attempts.length - 1].n,
        deliveredAt: result.outcome === 'delivered' ? at : undefined,
      });
    }
    this.append(transaction, {
      v: 1,
      kind: 'replay',
      commandId: command.commandId,
      bulkId: command.bulkId,
      tenant: command.tenant,
      endpoint: command.endpoint,
      webhookId: command.webhookId,
      outcome: result.outcome,
      at,
      attempts,
      message: result.message,
    });
    transaction.set(
      this.keys.webhookReplayResult(command.commandId),
      result.outcome,
      'PX',
      WEBHOOK_REPLAY_RESULT_TTL_MS,
    );
    await execute(transaction);
  }

  private append(
    transaction: ChainableCommander,
    report: WebhookReportInput,
  ): void {
    transaction.xadd(
      this.keys.webhookFailures,
      'MAXLEN',
      '~',
      WEBHOOK_FAILURES_STREAM_MAX_LENGTH,
      '*',
      RUN_RECORD_FIELD,
      JSON.stringify(report),
    );
  }
}

async function execute(transaction: ChainableCommander): Promise<void> {
  const results = await transaction.exec();
  const failed = results?.find(([error]) => error);
  if (!results || failed) {
    throw failed?.[0] ?? new Error('Redis did not carry out a transaction');
  }
}
