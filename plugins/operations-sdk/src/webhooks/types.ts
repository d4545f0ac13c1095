import type { ConnectionInput } from '../redis/connection';
import type { RequestKey } from '../requests/RequestVerifier';
import type { CircuitOptions } from './circuit/rules';
import type { EgressOptions } from './egress/guard';
import type { RetryOptions } from './backoff';

/**
 * An endpoint of a tenant, as the platform knows it. Asked for at each delivery, so a changed URL
 * or secret counts at once.
 * @public
 */
export interface WebhookEndpoint {
  url: string;
  /** `whsec_…`; all of them sign, so that secrets can be rotated. */
  secrets: string[];
  /** Further headers, e.g. a tenant's own. Never reported. */
  headers?: Record<string, string>;
  /** Deliveries at once, over all dispatchers. Default from {@link WebhookDispatcherOptions}. */
  concurrency?: number;
  /** Default from {@link WebhookDispatcherOptions}. */
  timeoutMs?: number;
}

/** One message to one endpoint. @public */
export interface WebhookMessage {
  tenant: string;
  /** id of the endpoint within the tenant */
  endpoint: string;
  /** e.g. `payment.confirmed` */
  eventType: string;
  /** Anything JSON; or give `body` as it shall be sent. */
  payload?: unknown;
  body?: string;
  /** Default `application/json`. */
  contentType?: string;
  /**
   * Message id; the same for all endpoints that get the event. Made where not given. Sending the
   * same id again while it is queued does nothing.
   */
  id?: string;
}

/** @public */
export interface WebhookDispatcherOptions {
  /** Where Redis is: a URL, ioredis options, or a client whose settings are taken over. */
  connection: ConnectionInput;
  /** Namespace of the protocol's keys. Default `operations`. */
  namespace?: string;
  /**
   * Public keys of the portal, which `GET /request-keys` lists. With them only signed replays, and
   * signed stops of replays, are obeyed.
   */
  requestKeys?: RequestKey[];
  /** BullMQ key prefix. Default `bull`. */
  queuePrefix?: string;
  /** BullMQ queue. Default `webhooks`. */
  queue?: string;
  /** Finds an endpoint; undefined where there is none (any more). */
  endpoint(
    tenant: string,
    endpoint: string,
  ): WebhookEndpoint | undefined | Promise<WebhookEndpoint | undefined>;
  egress?: EgressOptions;
  retry?: RetryOptions;
  circuit?: CircuitOptions;
  /** Milliseconds for an attempt, connection and answer. Default 20,000. */
  timeoutMs?: number;
  /** Deliveries to one endpoint at once, over all dispatchers. Default 8. */
  endpointConcurrency?: number;
  /**
   * Jobs this process holds at once. Default 256: waiting for a slow receiver costs memory only.
   */
  concurrency?: number;
  /**
   * Names and paths of payload fields that never leave the platform, besides the usual ones
   * (password, token, card number …).
   */
  redact?: string[];
  /**
   * Milliseconds for which the bytes of a failed delivery are kept for its replay. Default 30 days.
   */
  keepPayloadMs?: number;
  /** Called when an endpoint answered 410 Gone: the platform should disable it for good. */
  onEndpointGone?(tenant: string, endpoint: string): void | Promise<void>;
  /** Errors of the dispatcher itself; `console.error` where not given. */
  onError?(error: Error): void;
  /**
   * Milliseconds after which what a killed process was doing is taken up by another. Default
   * 30,000.
   */
  recoverAfterMs?: number;
}

/** @public */
export interface WebhookDispatcher {
  /** Queues a message. @returns its id */
  send(message: WebhookMessage): Promise<{ id: string }>;
  /** Queues many in one round trip. */
  sendMany(messages: WebhookMessage[]): Promise<Array<{ id: string }>>;
  /** Begins to deliver, and to carry out replays. A process that only sends need not. */
  start(): Promise<void>;
  /** Lets what is under way end, then closes all connections. */
  close(): Promise<void>;
}
