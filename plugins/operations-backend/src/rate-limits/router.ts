import { rateLimitEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { rateLimitActions } from './actions';
import type { OverridesService } from './OverridesService';

/** Overrides of rate limits, and what limiters count. */
export function rateLimitRoutes(service: OverridesService): Route[] {
  return attach('rate-limits', rateLimitEndpoints, {
    'GET /rate-limit-overrides': c => service.list(c.query),
    'GET /rate-limit-overrides/preview': c => service.preview(c.query),
    'GET /rate-limit-usage': () => service.usageNow(),
    ...rateLimitActions(service),
  });
}
