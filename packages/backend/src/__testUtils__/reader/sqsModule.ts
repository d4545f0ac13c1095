import { createBackendModule } from '@backstage/backend-plugin-api';

export default createBackendModule({
  pluginId: 'operations',
  moduleId: 'sqs',
  register() {},
});
