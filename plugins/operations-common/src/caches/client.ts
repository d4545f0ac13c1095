import type { Page } from '../lib';
import { IDEMPOTENCY_KEY_HEADER } from '../lib/headers';
import type {
  CachePreview,
  CachePurge,
  CachePurgeKeys,
  CachePurgeRequest,
  CachePurgeResult,
  CachePurgesQuery,
  CacheSelection,
  CacheTargets,
  CancelPurgeRequest,
} from './schemas';

type Loose<T> = { [K in keyof T]?: T[K] | undefined };

/** What the parts of the client need of the whole. @public */
export interface CachesTransport {
  get<T>(path: string, query?: object): Promise<T>;
  send<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: object,
    headers?: Record<string, string>,
  ): Promise<T>;
}

/** The part of the client that speaks of caches. @public */
export class CachesClient {
  private readonly transport: CachesTransport;

  constructor(transport: CachesTransport) {
    this.transport = transport;
  }

  getTargets(): Promise<CacheTargets> {
    return this.transport.get('/caches');
  }

  /** Looks and changes nothing. */
  preview(target: string, selection: CacheSelection): Promise<CachePreview> {
    return this.transport.send('POST', `${pathOf(target)}/previews`, selection);
  }

  purge(
    target: string,
    body: CachePurgeRequest,
    idempotencyKey: string,
  ): Promise<CachePurgeResult> {
    return this.transport.send('POST', `${pathOf(target)}/purges`, body, {
      [IDEMPOTENCY_KEY_HEADER]: idempotencyKey,
    });
  }

  getPurges(query: Loose<CachePurgesQuery> = {}): Promise<Page<CachePurge>> {
    return this.transport.get('/cache-purges', query);
  }

  getPurge(id: string): Promise<CachePurge> {
    return this.transport.get(`/cache-purges/${encodeURIComponent(id)}`);
  }

  /** All of the exact keys that a purge was given. */
  getPurgeKeys(id: string): Promise<CachePurgeKeys> {
    return this.transport.get(`/cache-purges/${encodeURIComponent(id)}/keys`);
  }

  cancelPurge(
    id: string,
    body: CancelPurgeRequest,
    idempotencyKey: string,
  ): Promise<CachePurgeResult> {
    return this.transport.send(
      'POST',
      `/cache-purges/${encodeURIComponent(id)}/cancel`,
      body,
      { [IDEMPOTENCY_KEY_HEADER]: idempotencyKey },
    );
  }
}

function pathOf(target: string): string {
  return `/caches/${encodeURIComponent(target)}`;
}
