import { ResponseError } from '@backstage/errors';
import type { MyPermissions } from './access';
import type {
  AcknowledgeAttentionRequest,
  AttentionActionResult,
  AttentionDetail,
  AttentionPage,
  AttentionQuery,
  SnoozeAttentionRequest,
} from './attention';
import type {
  AuditCheckpoint,
  AuditEntry,
  AuditQuery,
  AuditVerification,
} from './audit';
import { ApprovalRequested } from './approvals/ApprovalRequested';
import { ApprovalsClient } from './approvals/client';
import { CachesClient } from './caches/client';
import { FlagsClient } from './flags/client';
import { MaintenanceClient } from './maintenance/client';
import { RateLimitsClient } from './rate-limits/client';
import { MigrationsClient } from './migrations/client';
import type {
  CancelRunRequest,
  ErrorGroup,
  JobDetail,
  JobsPage,
  JobsQuery,
  LogPage,
  LogQuery,
  QueueHistory,
  QueueHistoryQuery,
  Queues,
  RetryRunRequest,
  Run,
  RunActionResult,
  RunDetail,
  RunNowRequest,
  RunSearchQuery,
  RunsQuery,
  ServiceLevels,
  TenantGrid,
  Trend,
  TrendQuery,
} from './jobs';
import type { operationsEndpoints } from './endpoints';
import type { Page } from './lib';
import type {
  EndpointAnswer,
  EndpointInput,
  EndpointKey,
} from './lib/endpoint';
import { IDEMPOTENCY_KEY_HEADER } from './lib/headers';
import { WebhooksClient } from './webhooks/client';

/** How a job is addressed. @public */
export interface JobKey {
  engine: string;
  name: string;
}

type Table = typeof operationsEndpoints;

/** Method and path of an endpoint, such as `GET /flags`. @public */
export type OperationsEndpoint = keyof Table & EndpointKey;

/** What a call of an endpoint takes: `params`, `query`, `body`, `idempotencyKey`, `ifMatch`. @public */
export type OperationsInput<K extends OperationsEndpoint> = EndpointInput<
  K,
  Table[K]
>;

/** What an endpoint answers with. @public */
export type OperationsAnswer<K extends OperationsEndpoint> = EndpointAnswer<
  K,
  Table[K]
>;

type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/**
 * Client of `/api/operations/v1`. All calls throw `ResponseError` of `@backstage/errors` on an answer that is not 2xx, and actions
 * `ApprovalRequested` where they wait for a second person.
 * @public
 */
export class OperationsClient {
  /** Failed webhooks, their replays and suppressions. */
  readonly webhooks: WebhooksClient;
  /** Caches and their purges. */
  readonly caches: CachesClient;
  /** Actions that need a second person. */
  readonly approvals: ApprovalsClient;
  readonly rateLimits: RateLimitsClient;
  readonly flags: FlagsClient;
  readonly maintenance: MaintenanceClient;
  /** Migration status. */
  readonly migrations: MigrationsClient;
  private readonly discoveryApi: {
    getBaseUrl(pluginId: string): Promise<string>;
  };
  private readonly fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.discoveryApi = options.discoveryApi;
    this.fetchApi = options.fetchApi;
    this.caches = new CachesClient(this);
    this.approvals = new ApprovalsClient(this);
    this.rateLimits = new RateLimitsClient(this);
    this.flags = new FlagsClient(this);
    this.maintenance = new MaintenanceClient(this);
    this.migrations = new MigrationsClient(this);
    this.webhooks = new WebhooksClient({
      get: (path, query) => this.get(path, query),
      post: (path, body, key) => this.post(path, body, key),
    });
  }

  /**
   * Calls an endpoint.
   *
   * @param endpoint - method and path as the API declares them, such as `POST /flags`
   * @param input - what the endpoint takes; a list in the query becomes a repeated parameter
   * @throws ResponseError on an answer that is not 2xx; ApprovalRequested where the action waits for a second person
   */
  async call<K extends OperationsEndpoint>(
    endpoint: K,
    ...[input]: object extends OperationsInput<K>
      ? [input?: OperationsInput<K>]
      : [input: OperationsInput<K>]
  ): Promise<OperationsAnswer<K>> {
    const given = (input ?? {}) as AnyInput;
    const { body, idempotencyKey, ifMatch } = given;
    const headers: Record<string, string> = {};
    if (body) headers['content-type'] = 'application/json';
    if (idempotencyKey) headers[IDEMPOTENCY_KEY_HEADER] = idempotencyKey;
    if (ifMatch) headers['if-match'] = ifMatch;
    return this.request(pathOf(endpoint, given), {
      method: endpoint.slice(0, endpoint.indexOf(' ')),
      headers,
      body: body && JSON.stringify(body),
    });
  }

  getJobs(query: Loose<JobsQuery> = {}): Promise<JobsPage> {
    return this.get('/jobs', query);
  }

  getJob(job: JobKey): Promise<JobDetail> {
    return this.get(jobPath(job));
  }

  getRuns(job: JobKey, query: Loose<RunsQuery> = {}): Promise<Page<Run>> {
    return this.get(`${jobPath(job)}/runs`, query);
  }

  getTrend(job: JobKey, query: Loose<TrendQuery> = {}): Promise<Trend> {
    return this.get(`${jobPath(job)}/trend`, query);
  }

  getErrorGroups(job: JobKey): Promise<{ items: ErrorGroup[] }> {
    return this.get(`${jobPath(job)}/error-groups`);
  }

  getTenantGrid(job: JobKey): Promise<TenantGrid> {
    return this.get(`${jobPath(job)}/tenants`);
  }

  getServiceLevels(query: Loose<JobsQuery> = {}): Promise<ServiceLevels> {
    return this.get('/service-levels', query);
  }

  getQueueHistory(query: Loose<QueueHistoryQuery> = {}): Promise<QueueHistory> {
    return this.get('/queues/history', query);
  }

  searchRuns(query: Loose<RunSearchQuery>): Promise<Page<Run>> {
    return this.get('/runs', query);
  }

  getRun(id: string): Promise<RunDetail> {
    return this.get(`/runs/${encodeURIComponent(id)}`);
  }

  getLog(id: string, query: Loose<LogQuery> = {}): Promise<LogPage> {
    return this.get(`/runs/${encodeURIComponent(id)}/log`, query);
  }

  runNow(
    job: JobKey,
    body: RunNowRequest,
    idempotencyKey: string,
  ): Promise<RunActionResult> {
    return this.post(`${jobPath(job)}/runs`, body, idempotencyKey);
  }

  cancelRun(
    id: string,
    body: CancelRunRequest,
    idempotencyKey: string,
  ): Promise<RunActionResult> {
    return this.post(
      `/runs/${encodeURIComponent(id)}/cancel`,
      body,
      idempotencyKey,
    );
  }

  retryRun(
    id: string,
    body: RetryRunRequest,
    idempotencyKey: string,
  ): Promise<RunActionResult> {
    return this.post(
      `/runs/${encodeURIComponent(id)}/retry`,
      body,
      idempotencyKey,
    );
  }

  getQueues(): Promise<Queues> {
    return this.get('/queues');
  }

  getAttention(query: Loose<AttentionQuery> = {}): Promise<AttentionPage> {
    return this.get('/attention', query);
  }

  getAttentionItem(id: string): Promise<AttentionDetail> {
    return this.get(`/attention/${encodeURIComponent(id)}`);
  }

  acknowledgeAttention(
    id: string,
    body: AcknowledgeAttentionRequest,
    idempotencyKey: string,
  ): Promise<AttentionActionResult> {
    return this.post(
      `/attention/${encodeURIComponent(id)}/acknowledge`,
      body,
      idempotencyKey,
    );
  }

  snoozeAttention(
    id: string,
    body: SnoozeAttentionRequest,
    idempotencyKey: string,
  ): Promise<AttentionActionResult> {
    return this.post(
      `/attention/${encodeURIComponent(id)}/snooze`,
      body,
      idempotencyKey,
    );
  }

  reopenAttention(
    id: string,
    body: { reason: string },
    idempotencyKey: string,
  ): Promise<AttentionActionResult> {
    return this.post(
      `/attention/${encodeURIComponent(id)}/reopen`,
      body,
      idempotencyKey,
    );
  }

  getAudit(query: Loose<AuditQuery> = {}): Promise<Page<AuditEntry>> {
    return this.get('/audit', query);
  }

  getAuditVerification(): Promise<AuditVerification> {
    return this.get('/audit/verification');
  }

  /** Whether the trail is what these checkpoints, kept elsewhere, were signed for. */
  verifyAudit(checkpoints: AuditCheckpoint[]): Promise<AuditVerification> {
    return this.send('POST', '/audit/verification', { checkpoints });
  }

  /** The trail's present state, signed: to be kept elsewhere. */
  getAuditCheckpoint(): Promise<AuditCheckpoint> {
    return this.get('/audit/checkpoint');
  }

  /** A file of the trail, as the server writes it. */
  async download(path: string): Promise<Blob> {
    const base = await this.discoveryApi.getBaseUrl('operations');
    const response = await this.fetchApi.fetch(`${base}/v1${path}`);
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response.blob();
  }

  /** Reads a path under `/v1`; a list in the query becomes a repeated parameter. For the clients of the single capabilities. */
  get<T>(path: string, query: object = {}): Promise<T> {
    const params = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined) params.append(key, String(item));
      }
    }
    const search = params.toString();
    return this.request(search ? `${path}?${search}` : path);
  }

  /** Sends an action to a path under `/v1`. For the clients of the single capabilities. */
  send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<T> {
    return this.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** What the caller may do, and who else may. */
  getMyPermissions(): Promise<MyPermissions> {
    return this.get('/permissions/mine');
  }

  private post<T>(
    path: string,
    body: object,
    idempotencyKey: string,
  ): Promise<T> {
    return this.send('POST', path, body, {
      [IDEMPOTENCY_KEY_HEADER]: idempotencyKey,
    });
  }

  private async request<T>(path: string, init?: RequestInit): Promise<T> {
    const base = await this.discoveryApi.getBaseUrl('operations');
    const response = await this.fetchApi.fetch(`${base}/v1${path}`, init);
    if (!response.ok) throw await ResponseError.fromResponse(response);
    const answer = await response.json();
    if (response.status === 202 && answer.approval) {
      throw new ApprovalRequested(answer.approval);
    }
    return answer;
  }
}

interface AnyInput {
  params?: Record<string, string>;
  query?: object;
  body?: object;
  idempotencyKey?: string;
  ifMatch?: string;
}

/** Path and query under `/v1`. */
function pathOf(endpoint: string, input: AnyInput): string {
  const path = endpoint
    .slice(endpoint.indexOf(' ') + 1)
    .replace(/:(\w+)/g, (_, name) => encodeURIComponent(input.params![name]));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) search.append(key, String(item));
    }
  }
  return search.size ? `${path}?${search}` : path;
}

function jobPath(job: JobKey): string {
  return `/jobs/${encodeURIComponent(job.engine)}/${encodeURIComponent(
    job.name,
  )}`;
}
