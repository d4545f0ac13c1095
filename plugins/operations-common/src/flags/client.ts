import type { OperationsClient } from '../client';
import type { Page } from '../lib';
import { IDEMPOTENCY_KEY_HEADER } from '../lib/headers';
import type {
  CreateFlagRequest,
  DeleteFlagRequest,
  Flag,
  FlagActionResult,
  FlagChange,
  FlagsQuery,
  RevertFlagRequest,
  UpdateFlagRequest,
} from './flag';

type Caller = Pick<OperationsClient, 'get' | 'send'>;

const pathOf = (key: string) => `/flags/${encodeURIComponent(key)}`;

/** The flags' part of the API. `etag` is that of the flag as the caller last saw it; where it was changed since, the answer is 412. @public */
export class FlagsClient {
  constructor(private readonly api: Caller) {}

  getFlags(query: Partial<FlagsQuery> = {}): Promise<Page<Flag>> {
    return this.api.get('/flags', query);
  }

  getFlag(key: string): Promise<Flag> {
    return this.api.get(pathOf(key));
  }

  getHistory(
    key: string,
    query: { cursor?: string; limit?: number } = {},
  ): Promise<Page<FlagChange>> {
    return this.api.get(`${pathOf(key)}/history`, query);
  }

  create(body: CreateFlagRequest, key: string): Promise<FlagActionResult> {
    return this.api.send('POST', '/flags', body, {
      [IDEMPOTENCY_KEY_HEADER]: key,
    });
  }

  update(
    flag: Pick<Flag, 'key' | 'etag'>,
    body: UpdateFlagRequest,
  ): Promise<FlagActionResult> {
    return this.api.send('PUT', pathOf(flag.key), body, {
      'If-Match': flag.etag,
    });
  }

  revert(
    flag: Pick<Flag, 'key' | 'etag'>,
    body: RevertFlagRequest,
  ): Promise<FlagActionResult> {
    return this.api.send('POST', `${pathOf(flag.key)}/revert`, body, {
      'If-Match': flag.etag,
    });
  }

  delete(
    flag: Pick<Flag, 'key' | 'etag'>,
    body: DeleteFlagRequest,
  ): Promise<{ auditId: string }> {
    return this.api.send('DELETE', pathOf(flag.key), body, {
      'If-Match': flag.etag,
    });
  }
}
