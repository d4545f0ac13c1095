import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import {
  readMountPath,
  refuseUnknown,
  type NamesOf,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Config } from '../config';
import { createCollators } from './collators';
import { OperationsSource } from './source';

const KEY = 'search.collators.operations';

type Collators = NonNullable<NonNullable<Config['search']>['collators']>;

const NAMES = {
  schedule: true,
  failuresSchedule: true,
} as const satisfies NamesOf<NonNullable<Collators['operations']>>;

const everyMinutes = (minutes: number) => ({
  frequency: { minutes },
  timeout: { minutes: 5 },
  // until the backend of Operations has started
  initialDelay: { seconds: 10 },
});

/** Lets Backstage's search find jobs, flags and open failures. @public */
export const searchModuleOperations = createBackendModule({
  pluginId: 'search',
  moduleId: 'operations',
  register(env) {
    env.registerInit({
      deps: {
        index: searchIndexRegistryExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        scheduler: coreServices.scheduler,
      },
      async init({ index, config, scheduler, ...services }) {
        const own = config.getOptionalConfig(KEY);
        refuseUnknown(own?.get(), KEY, NAMES);
        const { declared, failures } = createCollators(
          new OperationsSource(services),
          readMountPath(config),
        );
        const taskOf = (name: keyof typeof NAMES, minutes: number) => {
          const given = own?.getOptionalConfig(name);
          return scheduler.createScheduledTaskRunner(
            given
              ? readSchedulerServiceTaskScheduleDefinitionFromConfig(given)
              : everyMinutes(minutes),
          );
        };
        for (const factory of declared) {
          index.addCollator({ schedule: taskOf('schedule', 10), factory });
        }
        for (const factory of failures) {
          const schedule = taskOf('failuresSchedule', 2);
          index.addCollator({ schedule, factory });
        }
      },
    });
  },
});
