import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  catalog?: {
    providers?: {
      /** How batch jobs become entities. */
      operations?: {
        /** Owner of jobs that declare none. Default: unknown. */
        defaultOwner?: string;
        /** System of jobs that declare none. */
        defaultSystem?: string;
        /** Lifecycle of jobs that declare none. Default: production. */
        defaultLifecycle?: string;
        /**
         * How often jobs are looked at besides when they are known to have changed. Default: every
         * 30 seconds.
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}
