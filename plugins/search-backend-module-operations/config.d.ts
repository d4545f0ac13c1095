import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  search?: {
    collators?: {
      /** How jobs, flags and open failures of Operations come into the search. */
      operations?: {
        /** How often jobs and flags are indexed. Default: every ten minutes. */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
        /** How often open failures are indexed. Default: every two minutes. */
        failuresSchedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}
