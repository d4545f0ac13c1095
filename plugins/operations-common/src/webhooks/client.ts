import type { Page } from '../lib';
import type {
  BulkActionRequest,
  BulkActionResult,
  BulkPreview,
  BulkPreviewQuery,
  BulkReplay,
  BulkReplaysQuery,
  CreateSuppressionRequest,
  ReplayWebhookRequest,
  StopReplayResult,
  SuppressionResult,
  SuppressionsQuery,
  WebhookActionResult,
  WebhookSuppression,
} from './actions';
import type {
  WebhookFailureDetail,
  WebhookFailuresPage,
  WebhookFailuresQuery,
  WebhookFilter,
  WebhookSummary,
} from './failures';

type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** How the client speaks HTTP. @public */
export interface OperationsTransport {
  get<T>(path: string, query?: object): Promise<T>;
  post<T>(path: string, body: object, idempotencyKey: string): Promise<T>;
}

/** The part of the client that speaks of webhooks. @public */
export class WebhooksClient {
  private readonly transport: OperationsTransport;

  constructor(transport: OperationsTransport) {
    this.transport = transport;
  }

  getFailures(
    query: Loose<WebhookFailuresQuery> = {},
  ): Promise<WebhookFailuresPage> {
    return this.transport.get('/webhook-failures', query);
  }

  getSummary(filter: Loose<WebhookFilter> = {}): Promise<WebhookSummary> {
    return this.transport.get('/webhook-failures/summary', filter);
  }

  getFailure(id: string): Promise<WebhookFailureDetail> {
    return this.transport.get(`/webhook-failures/${encodeURIComponent(id)}`);
  }

  previewBulk(query: Loose<BulkPreviewQuery>): Promise<BulkPreview> {
    return this.transport.get('/webhook-failures/bulk-preview', query);
  }

  replay(
    id: string,
    body: ReplayWebhookRequest,
    idempotencyKey: string,
  ): Promise<WebhookActionResult> {
    return this.act(id, 'replay', body, idempotencyKey);
  }

  suppress(
    id: string,
    body: { reason: string },
    idempotencyKey: string,
  ): Promise<WebhookActionResult> {
    return this.act(id, 'suppress', body, idempotencyKey);
  }

  handle(
    id: string,
    body: { reason: string },
    idempotencyKey: string,
  ): Promise<WebhookActionResult> {
    return this.act(id, 'handle', body, idempotencyKey);
  }

  bulk(
    body: BulkActionRequest,
    idempotencyKey: string,
  ): Promise<BulkActionResult> {
    return this.transport.post('/webhook-failures/bulk', body, idempotencyKey);
  }

  getReplays(
    query: Loose<BulkReplaysQuery> = {},
  ): Promise<{ items: BulkReplay[] }> {
    return this.transport.get('/webhook-replays', query);
  }

  getReplay(id: string): Promise<BulkReplay> {
    return this.transport.get(`/webhook-replays/${encodeURIComponent(id)}`);
  }

  stopReplay(
    id: string,
    body: { reason: string },
    idempotencyKey: string,
  ): Promise<StopReplayResult> {
    return this.transport.post(
      `/webhook-replays/${encodeURIComponent(id)}/stop`,
      body,
      idempotencyKey,
    );
  }

  getSuppressions(
    query: Loose<SuppressionsQuery> = {},
  ): Promise<Page<WebhookSuppression>> {
    return this.transport.get('/webhook-suppressions', query);
  }

  createSuppression(
    body: CreateSuppressionRequest,
    idempotencyKey: string,
  ): Promise<SuppressionResult> {
    return this.transport.post('/webhook-suppressions', body, idempotencyKey);
  }

  endSuppression(
    id: string,
    body: { reason: string },
    idempotencyKey: string,
  ): Promise<SuppressionResult> {
    return this.transport.post(
      `/webhook-suppressions/${encodeURIComponent(id)}/end`,
      body,
      idempotencyKey,
    );
  }

  private act(
    id: string,
    action: string,
    body: object,
    idempotencyKey: string,
  ): Promise<WebhookActionResult> {
    return this.transport.post(
      `/webhook-failures/${encodeURIComponent(id)}/${action}`,
      body,
      idempotencyKey,
    );
  }
}
