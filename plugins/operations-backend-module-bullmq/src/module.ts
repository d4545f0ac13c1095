import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  jobEngineExtensionPoint,
  operationsRedisServiceRef,
} from '@craft-easy/backstage-plugin-operations-node';
import { createBullmqEngine } from './engine/bullmqEngine';
import { readObservedQueues } from './observation/settings';

/** Adds the job engine on BullMQ to the Operations backend. @public */
export const operationsModuleBullmq = createBackendModule({
  pluginId: 'operations',
  moduleId: 'bullmq',
  register(env) {
    env.registerInit({
      deps: {
        jobs: jobEngineExtensionPoint,
        redis: operationsRedisServiceRef,
        config: coreServices.rootConfig,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      async init({ jobs, redis, config, lifecycle, logger }) {
        const engine = createBullmqEngine({
          redis,
          logger,
          observed: readObservedQueues(config),
        });
        lifecycle.addShutdownHook(() => engine.close());
        jobs.addJobEngine(engine);
      },
    });
  },
});
