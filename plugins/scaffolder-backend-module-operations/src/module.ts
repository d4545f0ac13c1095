import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { createJobRunAction } from './createJobRunAction';
import { createMaintenanceBeginAction } from './createMaintenanceBeginAction';

/** Adds `operations:job:run` and `operations:maintenance:begin` to the scaffolder. @public */
export const scaffolderModuleOperations = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'operations',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        auth: coreServices.auth,
        discovery: coreServices.discovery,
      },
      async init({ actions, ...services }) {
        actions.addActions(
          createJobRunAction(services),
          createMaintenanceBeginAction(services),
        );
      },
    });
  },
});
