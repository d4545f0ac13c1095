/**
 * Endpoints and schemas for Operations' own backend and tools. Not for anybody else: shapes of the
 * API are reviewed in `openapi.json`, and may change here without a major version.
 *
 * @packageDocumentation
 */
import { accessEndpoints } from './access/endpoints';
import { attentionEndpoints } from './attention/endpoints';
import { auditEndpoints } from './audit/endpoints';
import { cacheEndpoints } from './caches/endpoints';
import { flagEndpoints } from './flags/endpoints';
import { jobEndpoints } from './jobs/endpoints';
import { maintenanceEndpoints } from './maintenance/endpoints';
import { migrationEndpoints } from './migrations/endpoints';
import { rateLimitEndpoints } from './rate-limits/endpoints';
import { webhookEndpoints } from './webhooks/endpoints';

export * from './lib/endpoint';
export {
  accessEndpoints,
  attentionEndpoints,
  auditEndpoints,
  cacheEndpoints,
  flagEndpoints,
  jobEndpoints,
  maintenanceEndpoints,
  migrationEndpoints,
  rateLimitEndpoints,
  webhookEndpoints,
};

/** Every endpoint of the API. @internal */
export const operationsEndpoints = {
  ...accessEndpoints,
  ...attentionEndpoints,
  ...auditEndpoints,
  ...cacheEndpoints,
  ...flagEndpoints,
  ...jobEndpoints,
  ...maintenanceEndpoints,
  ...migrationEndpoints,
  ...rateLimitEndpoints,
  ...webhookEndpoints,
};
