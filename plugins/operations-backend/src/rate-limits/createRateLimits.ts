import type { Config } from '@backstage/config';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { ControlSource, Publisher } from '../controls/ControlPublisher';
import type { Capability } from '../lib/capability';
import { hasRows } from '../lib/sql';
import { overrideAttention } from './attention';
import { readOverrideRules } from './overrideRules';
import { readRefusalRules, refusalAttention } from './refusals';
import { OverridesService } from './OverridesService';
import { createOverrideStore } from './OverrideStore';
import { rateLimitRoutes } from './router';
import { UsageReader } from './UsageReader';

/** What other capabilities need of rate limits. */
export interface RateLimits extends Capability {
  source: ControlSource;
  /** tenants whose requests were counted within the last hour */
  requestingTenants: () => Promise<string[]>;
}

export function createRateLimits(options: {
  config: Config;
  knex: Knex;
  redis: OperationsRedis;
  publisher: Publisher;
}): RateLimits {
  const { config, knex, publisher } = options;
  const source = createOverrideStore(knex);
  const usage = new UsageReader(options.redis);
  const rules = readOverrideRules(config);
  return {
    source,
    requestingTenants: () => usage.tenants(Date.now()),
    routes: rateLimitRoutes(
      new OverridesService(source, usage, publisher, rules),
    ),
    attention: [
      overrideAttention(source, usage),
      refusalAttention(usage, readRefusalRules(config)),
    ],
    pagesInUse: {
      'rate-limits': async () =>
        (await hasRows(knex, 'rate_limit_overrides')) ||
        (await usage.limiters(Date.now())).length > 0,
    },
  };
}
