import type { Config } from '@backstage/config';
import type { OperationsRedis } from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { ControlSource, Publisher } from '../controls/ControlPublisher';
import type { Capability } from '../lib/capability';
import { overrideAttention } from './attention';
import { readOverrideRules } from './overrideRules';
import { readRefusalRules, refusalAttention } from './refusals';
import { OverridesService } from './OverridesService';
import { createOverrideStore } from './OverrideStore';
import { rateLimitRoutes } from './router';
import { UsageReader } from './UsageReader';

export function createRateLimits(options: {
  config: Config;
  knex: Knex;
  redis: OperationsRedis;
  publisher: Publisher;
}): Capability & { source: ControlSource } {
  const { config, publisher } = options;
  const source = createOverrideStore(options.knex);
  const usage = new UsageReader(options.redis);
  const rules = readOverrideRules(config);
  return {
    source,
    routes: rateLimitRoutes(
      new OverridesService(source, usage, publisher, rules),
    ),
    attention: [
      overrideAttention(source, usage),
      refusalAttention(usage, readRefusalRules(config)),
    ],
  };
}
