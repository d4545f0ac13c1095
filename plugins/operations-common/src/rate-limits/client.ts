import type { OperationsClient } from '../client';
import type { Page } from '../lib';
import { IDEMPOTENCY_KEY_HEADER } from '../lib/headers';
import type {
  CreateOverrideRequest,
  EndOverrideRequest,
  ExtendOverrideRequest,
  OverrideActionResult,
  OverridePreview,
  OverridePreviewQuery,
  RateLimitOverride,
  RateLimitOverridesQuery,
  RateLimitUsage,
} from './override';

type Caller = Pick<OperationsClient, 'get' | 'send'>;

const pathOf = (id: string) =>
  `/rate-limit-overrides/${encodeURIComponent(id)}`;

/** The rate limits' part of the API. @public */
export class RateLimitsClient {
  constructor(private readonly api: Caller) {}

  getOverrides(
    query: Partial<RateLimitOverridesQuery> = {},
  ): Promise<Page<RateLimitOverride>> {
    return this.api.get('/rate-limit-overrides', query);
  }

  getPreview(query: OverridePreviewQuery): Promise<OverridePreview> {
    return this.api.get('/rate-limit-overrides/preview', query);
  }

  getUsage(): Promise<RateLimitUsage> {
    return this.api.get('/rate-limit-usage');
  }

  create(
    body: CreateOverrideRequest,
    key: string,
  ): Promise<OverrideActionResult> {
    return this.api.send('POST', '/rate-limit-overrides', body, {
      [IDEMPOTENCY_KEY_HEADER]: key,
    });
  }

  extend(
    id: string,
    body: ExtendOverrideRequest,
    key: string,
  ): Promise<OverrideActionResult> {
    return this.api.send('POST', `${pathOf(id)}/extend`, body, {
      [IDEMPOTENCY_KEY_HEADER]: key,
    });
  }

  end(
    id: string,
    body: EndOverrideRequest,
    key: string,
  ): Promise<OverrideActionResult> {
    return this.api.send('POST', `${pathOf(id)}/end`, body, {
      [IDEMPOTENCY_KEY_HEADER]: key,
    });
  }
}
