import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  jobEngineExtensionPoint,
  operationsRedisServiceRef,
} from '@craft-easy/backstage-plugin-operations-node';
import { createBullmqEngine } from './engine/bullmqEngine';

/** Lets the Operations backend run jobs on BullMQ. @public */
export const operationsModuleBullmq = createBackendModule({
  pluginId: 'operations',
  moduleId: 'bullmq',
  register(env) {
    env.registerInit({
      deps: {
        jobs: jobEngineExtensionPoint,
        redis: operationsRedisServiceRef,
        lifecycle: coreServices.lifecycle,
      },
      async init({ jobs, redis, lifecycle }) {
        const engine = createBullmqEngine(redis);
        lifecycle.addShutdownHook(() => engine.close());
        jobs.addJobEngine(engine);
      },
    });
  },
});
