/**
 * Endpoints and schemas for Operations' own backend and tools. Not for anybody else: shapes of the API are
 * reviewed in `openapi.json`, and may change here without a major version.
 *
 * @packageDocumentation
 */
import { flagEndpoints } from './flags/endpoints';
import { maintenanceEndpoints } from './maintenance/endpoints';
import { rateLimitEndpoints } from './rate-limits/endpoints';

export * from './lib/endpoint';
export { flagEndpoints, maintenanceEndpoints, rateLimitEndpoints };

/** Every endpoint of the API. @internal */
export const operationsEndpoints = {
  ...flagEndpoints,
  ...maintenanceEndpoints,
  ...rateLimitEndpoints,
};
