import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { JobsClient } from './JobsClient';
import { OperationsEntityProvider } from './OperationsEntityProvider';

const DEFAULT_SCHEDULE = {
  frequency: { seconds: 30 },
  timeout: { minutes: 5 },
  initialDelay: { seconds: 5 },
};

/** Brings every batch job of Operations into the catalog. @public */
export const catalogModuleOperations = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'operations',
  register(env) {
    env.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, config, scheduler, ...services }) {
        const provider = config.getOptionalConfig(
          'catalog.providers.operations',
        );
        const schedule = provider?.getOptionalConfig('schedule');
        catalog.addEntityProvider(
          new OperationsEntityProvider({
            ...services,
            source: new JobsClient(services),
            defaults: {
              owner: provider?.getOptionalString('defaultOwner') ?? 'unknown',
              system: provider?.getOptionalString('defaultSystem'),
              lifecycle:
                provider?.getOptionalString('defaultLifecycle') ?? 'production',
            },
            schedule: scheduler.createScheduledTaskRunner(
              schedule
                ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule)
                : DEFAULT_SCHEDULE,
            ),
          }),
        );
      },
    });
  },
});
