import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import {
  readEntityNaming,
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Config } from '../config';
import { CatalogLook } from './CatalogLook';
import { JobsClient } from './JobsClient';
import { OperationsEntityProvider } from './OperationsEntityProvider';

const KEY = 'catalog.providers.operations';

type Providers = NonNullable<NonNullable<Config['catalog']>['providers']>;

const NAMES = {
  namespace: true,
  namePrefix: true,
  defaultOwner: true,
  defaultSystem: true,
  defaultLifecycle: true,
  schedule: true,
} as const satisfies NamesOf<NonNullable<Providers['operations']>>;

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
        processing: catalogProcessingExtensionPoint,
        catalog: catalogServiceRef,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ processing, config, scheduler, ...services }) {
        const provider = config.getOptionalConfig(KEY);
        refuseUnknown(provider?.get(), KEY, NAMES);
        const schedule = provider?.getOptionalConfig('schedule');
        processing.addEntityProvider(
          new OperationsEntityProvider({
            ...services,
            source: new JobsClient(services),
            catalog: new CatalogLook(services),
            defaults: {
              naming: readEntityNaming(config),
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
