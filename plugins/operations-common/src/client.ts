import { ResponseError } from '@backstage/errors';
import { ApprovalRequested } from './approvals/ApprovalRequested';
import type { operationsEndpoints } from './endpoints';
import type {
  EndpointAnswer,
  EndpointInput,
  EndpointKey,
} from './lib/endpoint';
import { IDEMPOTENCY_KEY_HEADER } from './lib/headers';

type Table = typeof operationsEndpoints;

/** Method and path of an endpoint, such as `GET /flags`. @public */
export type OperationsEndpoint = keyof Table & EndpointKey;

/**
 * What a call of an endpoint takes: `params`, `query`, `body`, `idempotencyKey`, `ifMatch`.
 * @public
 */
export type OperationsInput<K extends OperationsEndpoint> = EndpointInput<
  K,
  Table[K]
>;

/** What an endpoint answers with. @public */
export type OperationsAnswer<K extends OperationsEndpoint> = EndpointAnswer<
  K,
  Table[K]
>;

/** An input that may be left out where the endpoint asks for nothing. */
type MaybeInput<K extends OperationsEndpoint> =
  object extends OperationsInput<K>
    ? [input?: OperationsInput<K>]
    : [input: OperationsInput<K>];

/**
 * Client of `/api/operations/v1`. All calls throw `ResponseError` of `@backstage/errors` on an
 * answer that is not 2xx, and actions `ApprovalRequested` where they wait for a second person.
 * @public
 */
export class OperationsClient {
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
  }

  /**
   * Calls an endpoint.
   *
   * @param endpoint - method and path as the API declares them, such as `POST /flags`
   * @param input - what the endpoint takes; a list in the query becomes a repeated parameter
   */
  async call<K extends OperationsEndpoint>(
    endpoint: K,
    ...[input]: MaybeInput<K>
  ): Promise<OperationsAnswer<K>> {
    const response = await this.request(endpoint, input as AnyInput);
    const answer = await response.json();
    if (response.status === 202 && answer.approval) {
      throw new ApprovalRequested(answer.approval);
    }
    return answer;
  }

  /** Calls an endpoint whose answer is a file, as the backend writes it. */
  async download<K extends OperationsEndpoint & `GET ${string}`>(
    endpoint: K,
    ...[input]: MaybeInput<K>
  ): Promise<Blob> {
    return (await this.request(endpoint, input as AnyInput)).blob();
  }

  private async request(endpoint: string, input: AnyInput = {}) {
    const { body, idempotencyKey, ifMatch } = input;
    const headers: Record<string, string> = {};
    if (body) headers['content-type'] = 'application/json';
    if (idempotencyKey) headers[IDEMPOTENCY_KEY_HEADER] = idempotencyKey;
    if (ifMatch) headers['if-match'] = ifMatch;
    const base = await this.discoveryApi.getBaseUrl('operations');
    const response = await this.fetchApi.fetch(
      `${base}/v1${pathOf(endpoint, input)}`,
      {
        method: endpoint.slice(0, endpoint.indexOf(' ')),
        headers,
        body: body && JSON.stringify(body),
      },
    );
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
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
