/** The portal's backend and the plugins that it consists of; app-config*.yaml configures them. */
import { createBackend } from '@backstage/backend-defaults';
import { readinessServiceFactory } from '@craft-easy/backstage-plugin-operations-node';
import { startMetrics } from './instrumentation';
import { signInProviders } from './signIn';

// before any plugin makes an instrument
startMetrics();

const backend = createBackend();

// readiness follows the database of Operations
backend.add(readinessServiceFactory);

backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-proxy-backend'));

backend.add(import('@backstage/plugin-auth-backend'));
for (const provider of signInProviders(process.env.NODE_ENV)) {
  backend.add(provider);
}

backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('./policy'));

backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(
  import('@craft-easy/backstage-plugin-catalog-backend-module-operations'),
);

backend.add(import('@craft-easy/backstage-plugin-operations-backend'));
backend.add(
  import('@craft-easy/backstage-plugin-operations-backend-module-bullmq'),
);
backend.add(
  import('@craft-easy/backstage-plugin-operations-backend-module-checkin'),
);

backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));
backend.add(
  import('@craft-easy/backstage-plugin-search-backend-module-operations'),
);

backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-mcp-actions-backend'));

backend.start();
