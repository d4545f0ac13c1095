import { createBackendModule } from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { OperationsPolicy } from './OperationsPolicy';

/** Installs the example policy as the portal's one permission policy. */
export const policyModule = createBackendModule({
  pluginId: 'permission',
  moduleId: 'operations-example-policy',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy(new OperationsPolicy());
      },
    });
  },
});
