/**
 * Endpoints and schemas for Operations' own backend and tools. Not for anybody else: shapes of the
 * API are reviewed in `openapi.json`, and may change here without a major version.
 *
 * @packageDocumentation
 */
import { accessEndpoints } from './access/endpoints';
import { approvalEndpoints } from './approvals/endpoints';
import { attentionEndpoints } from './attention/endpoints';
import { auditEndpoints } from './audit/endpoints';
import { cacheEndpoints } from './caches/endpoints';
import { checkinEndpoints } from './checkin/endpoints';
import { flagEndpoints } from './flags/endpoints';
import { jobEndpoints } from './jobs/endpoints';
import { knownEndpoints } from './known/endpoints';
import { maintenanceEndpoints } from './maintenance/endpoints';
import { migrationEndpoints } from './migrations/endpoints';
import { rateLimitEndpoints } from './rate-limits/endpoints';
import { runEndpoints } from './runs/endpoints';
import { webhookEndpoints } from './webhooks/endpoints';

export * from './lib/endpoint';

/** Endpoints of each capability. @internal */
export const endpointsByCapability = {
  access: accessEndpoints,
  approvals: approvalEndpoints,
  attention: attentionEndpoints,
  audit: auditEndpoints,
  caches: cacheEndpoints,
  checkin: checkinEndpoints,
  flags: flagEndpoints,
  jobs: jobEndpoints,
  known: knownEndpoints,
  maintenance: maintenanceEndpoints,
  migrations: migrationEndpoints,
  'rate-limits': rateLimitEndpoints,
  runs: runEndpoints,
  webhooks: webhookEndpoints,
};

export {
  accessEndpoints,
  approvalEndpoints,
  attentionEndpoints,
  auditEndpoints,
  cacheEndpoints,
  checkinEndpoints,
  flagEndpoints,
  jobEndpoints,
  knownEndpoints,
  maintenanceEndpoints,
  migrationEndpoints,
  rateLimitEndpoints,
  runEndpoints,
  webhookEndpoints,
};

/** Every endpoint of the API. @internal */
export const operationsEndpoints = {
  ...accessEndpoints,
  ...approvalEndpoints,
  ...attentionEndpoints,
  ...auditEndpoints,
  ...cacheEndpoints,
  ...checkinEndpoints,
  ...flagEndpoints,
  ...jobEndpoints,
  ...knownEndpoints,
  ...maintenanceEndpoints,
  ...migrationEndpoints,
  ...rateLimitEndpoints,
  ...runEndpoints,
  ...webhookEndpoints,
};
