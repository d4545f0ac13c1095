import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type {
  AttentionSource,
  JobEngine,
} from '@craft-easy/backstage-plugin-operations-node';
import type { Knex } from 'knex';
import type { JobRegistry, PlatformHealth } from '../ports';
import type { QueueSamples } from '../queues/QueueSamples';
import { JobAttentionSource } from './JobAttentionSource';
import { DEFAULT_JOB_RULES, type JobRuleDefaults } from './jobFacts';
import { JobFactsStore } from './JobFactsStore';

/** The attention source of jobs, with the defaults that `operations.attention.jobs` gives. */
export function createJobAttention(options: {
  config: Config;
  knex: Knex;
  registry: Pick<JobRegistry, 'listQueues'>;
  engines: ReadonlyMap<string, JobEngine>;
  health: PlatformHealth;
  samples: QueueSamples;
  logger: LoggerService;
}): AttentionSource {
  const { knex, registry, engines, health, samples, logger } = options;
  return new JobAttentionSource({
    store: new JobFactsStore(knex),
    listQueues: () => registry.listQueues(),
    engines,
    health,
    rules: readRules(options.config),
    onQueues: async (queues, now) => {
      try {
        await samples.sample(queues, now);
      } catch (error) {
        // a chart with a gap is no reason to evaluate nothing
        logger.warn('Cannot keep how the queues stand', error as Error);
      }
    },
  });
}

function readRules(config: Config): JobRuleDefaults {
  const rules = config.getOptionalConfig('operations.attention.jobs');
  const number = (key: keyof JobRuleDefaults) => rules?.getOptionalNumber(key);
  return {
    missedAfterMs: number('missedAfterMs') ?? DEFAULT_JOB_RULES.missedAfterMs,
    failureThreshold:
      number('failureThreshold') ?? DEFAULT_JOB_RULES.failureThreshold,
    cancelAckMs: number('cancelAckMs') ?? DEFAULT_JOB_RULES.cancelAckMs,
    maxQueueDepth: number('maxQueueDepth'),
    maxWaitMs: number('maxWaitMs'),
  };
}
