import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  catalog?: {
    providers?: {
      /** How batch jobs become entities. */
      operations?: {
        /**
         * Namespace of the entities, so that they do not meet components of others that have a
         * job's name. Default: default.
         */
        namespace?: string;
        /** Before the name of each entity, such as `job-`. Default: nothing. */
        namePrefix?: string;
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
