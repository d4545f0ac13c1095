import { DelayedError, Job, UnrecoverableError } from 'bullmq';
import type { Dispatcher } from 'undici';
import {
  parseJson,
  type WebhookAttempt,
  type WebhookError,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import type { ProtocolKeys } from '@craft-easy/backstage-plugin-operations-protocol';
import type { RedisClient } from '@craft-easy/backstage-plugin-operations-protocol/redis';
import { backoffMs, RetryPlan } from './backoff';
import { Clean, deliver } from './deliver';
import { DeliveryJob, DeliveryKey, ReplayJob, WebhookJob } from './delivery';
import type { EndpointGate } from './EndpointGate';
import type { PayloadStore } from './PayloadStore';
import type { Redactor } from './redact';
import type { RequestVerifier } from '../requests/RequestVerifier';
import { readReplay, readReplayStop } from './replayRequests';
import type { Reporter } from './Reporter';
import { trimSecret } from './signature';
import type { WebhookDispatcherOptions, WebhookEndpoint } from './types';

/** A replay that cannot be sent for so long, its endpoint's circuit being open, has failed. */
const REPLAY_PATIENCE_MS = 60_000;

const UNKNOWN_ENDPOINT: WebhookError = {
  class: 'endpoint',
  code: 'UNKNOWN',
  message: 'The platform knows no such endpoint',
};

/** Carries out one job of the queue: a delivery, from attempt to attempt, or a replay. */
export class Processor {
  constructor(
    private readonly context: {
      options: WebhookDispatcherOptions;
      timeoutMs: number;
      endpointConcurrency: number;
      retry: RetryPlan;
      redis: RedisClient;
      keys: ProtocolKeys;
      verifier: RequestVerifier;
      agent: Dispatcher;
      gate: EndpointGate;
      payloads: PayloadStore;
      reporter: Reporter;
      redactor: Redactor;
    },
  ) {}

  async process(job: Job<WebhookJob>, token?: string): Promise<unknown> {
    const { data } = job;
    return data.kind === 'delivery'
      ? this.delivery(data, job, token)
      : this.replay(data, job, token);
  }

  private async delivery(
    data: DeliveryJob,
    job: Job<WebhookJob>,
    token?: string,
  ): Promise<unknown> {
    const { options, retry, reporter, payloads } = this.context;
    // Its process died; perhaps after it had reported the failure.
    if (job.stalledCounter > 0 && (await payloads.read(data))) {
      throw new UnrecoverableError('reported as failed before');
    }
    const endpoint = await options.endpoint(data.tenant, data.endpoint);
    // what waits for an open circuit fails then; what may be tried gets all its attempts, however
    // late they come
    const deadline = data.createdAt + retry.spanMs;
    const n = (data.attempts[data.attempts.length - 1]?.n ?? 0) + 1;
    const fail = async (attempt: WebhookAttempt, error: WebhookError) => {
      await reporter.failure(
        data,
        [...data.attempts, attempt],
        error,
        endpoint?.url,
      );
      throw new UnrecoverableError(error.message);
    };
    if (!endpoint) return fail(unsent(n, UNKNOWN_ENDPOINT), UNKNOWN_ENDPOINT);

    const passage = await this.context.gate.pass(
      { ...data, ...this.limitsOf(endpoint) },
      () => this.attempt(data, endpoint, data),
    );
    switch (passage.kind) {
      case 'disabled': {
        const error = passage.error ?? UNKNOWN_ENDPOINT;
        return fail(unsent(n, error), error);
      }
      case 'later': {
        if (!passage.error || Date.now() < deadline) {
          const until = passage.error
            ? Math.min(passage.until, deadline)
            : passage.until;
          return later(job, token, until);
        }
        return fail(
          unsent(n, circuitOpen(passage.error)),
          lastReal(data.attempts) ?? passage.error,
        );
      }
      case 'attempted': {
        const attempt: WebhookAttempt = { n, ...passage.attempt };
        if (!attempt.error) return { status: attempt.status, attempts: n };
        const now = Date.now();
        const over = n >= retry.attempts || attempt.error.class === 'gone';
        if (over) return fail(attempt, attempt.error);
        await job.updateData({
          ...data,
          attempts: [...data.attempts, attempt],
        });
        const pause = Math.max(backoffMs(retry, n), passage.retryAfterMs ?? 0);
        return later(job, token, Math.min(now + pause, deadline));
      }
      default:
        throw new Error(`a delivery cannot be called off`);
    }
  }

  private async replay(
    data: ReplayJob,
    job: Job<WebhookJob>,
    token?: string,
  ): Promise<unknown> {
    const read = readReplay(data.message, this.context.verifier);
    if (!('command' in read)) {
      throw new UnrecoverableError(`A replay is not obeyed: ${read.problem}`);
    }
    const { command } = read;
    const { redis, keys, payloads, reporter, options, gate } = this.context;
    const [ended, kept, stopped] = await Promise.all([
      redis.exists(keys.webhookReplayResult(command.commandId)),
      payloads.read(command),
      this.isStopped(command.bulkId),
    ]);
    if (ended) return 'ended before';
    if (stopped) return reporter.replay(command, { outcome: 'stopped' });
    const refuse = (message: string) =>
      reporter.replay(command, { outcome: 'refused', message });
    if (!kept) {
      return refuse('The platform no longer keeps the bytes of this delivery');
    }
    if (kept.deliveredAt && !command.force) {
      return reporter.replay(command, {
        outcome: 'delivered',
        message: `Was delivered at ${kept.deliveredAt}; not sent again`,
      });
    }
    const endpoint = await options.endpoint(command.tenant, command.endpoint);
    if (!endpoint) return refuse(UNKNOWN_ENDPOINT.message);

    const n = kept.attempts + 1;
    const passage = await gate.pass(
      {
        ...command,
        ...this.limitsOf(endpoint),
        probeAtOnce: true,
        beforeSend: async () => !(await this.isStopped(command.bulkId)),
      },
      () => this.attempt(command, endpoint, kept),
    );
    if (passage.kind === 'off') {
      return reporter.replay(command, { outcome: 'stopped' });
    }
    if (passage.kind === 'later') {
      const patient = Date.now() < data.createdAt + REPLAY_PATIENCE_MS;
      if (patient || !passage.error) return later(job, token, passage.until);
    }
    const attempt: WebhookAttempt = {
      ...(passage.kind === 'attempted'
        ? { n, ...passage.attempt }
        : unsent(n, circuitOpen(passage.error))),
      replay: command.commandId,
    };
    await reporter.replay(
      command,
      {
        outcome: attempt.error ? 'failed' : 'delivered',
        attempts: [attempt],
      },
      kept,
    );
    return { status: attempt.status };
  }

  private attempt(
    key: DeliveryKey,
    endpoint: WebhookEndpoint,
    message: { body: string; contentType: string },
  ) {
    const { agent, options, timeoutMs } = this.context;
    return deliver(
      {
        url: endpoint.url,
        secrets: endpoint.secrets,
        headers: endpoint.headers,
        webhookId: key.webhookId,
        body: message.body,
        contentType: message.contentType,
      },
      {
        agent,
        egress: options.egress ?? {},
        timeoutMs: endpoint.timeoutMs ?? timeoutMs,
        clean: () => this.cleanFor(endpoint, message),
      },
    );
  }

  /**
   * Takes out of an answer what the payload, the signing secrets and the endpoint's own headers
   * hold.
   */
  private cleanFor(
    endpoint: WebhookEndpoint,
    message: { body: string; contentType: string },
  ): Clean {
    const { redactor } = this.context;
    const { secrets } = redactor.payload(message.body, message.contentType);
    const all = [
      ...secrets,
      ...endpoint.secrets.flatMap(secret => Object.values(trimSecret(secret))),
      ...Object.values(endpoint.headers ?? {}),
    ];
    return {
      text: text => redactor.text(text, all),
      isSecretName: name => redactor.isSecretName(name),
    };
  }

  private limitsOf(endpoint: WebhookEndpoint) {
    const { endpointConcurrency, timeoutMs } = this.context;
    return {
      url: endpoint.url,
      cap: endpoint.concurrency ?? endpointConcurrency,
      timeoutMs: endpoint.timeoutMs ?? timeoutMs,
    };
  }

  private async isStopped(bulkId: string | undefined): Promise<boolean> {
    if (!bulkId) return false;
    const { redis, keys, verifier } = this.context;
    const stop = await redis.get(keys.webhookReplayStop(bulkId));
    return stop !== null && readReplayStop(bulkId, parseJson(stop), verifier);
  }
}

function circuitOpen(error: WebhookError | undefined): WebhookError {
  return {
    class: 'circuit-open',
    code: 'CIRCUIT_OPEN',
    message: `Not sent: the endpoint has been failing${
      error ? ` (${error.message})` : ''
    }`.slice(0, 1000),
  };
}

function unsent(n: number, error: WebhookError): WebhookAttempt {
  const at = new Date().toISOString();
  return { n, at, durationMs: 0, sent: false, error };
}

function lastReal(attempts: WebhookAttempt[]): WebhookError | undefined {
  return [...attempts].reverse().find(attempt => attempt.sent)?.error;
}

/** Puts the job back until a time. Never returns. */
async function later(
  job: Job,
  token: string | undefined,
  until: number,
): Promise<never> {
  await job.moveToDelayed(Math.max(until, Date.now() + 1), token);
  throw new DelayedError();
}
