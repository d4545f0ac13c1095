/** A whole backend in a process of its own, that a test may kill. Everybody may do everything. */
import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { JsonObject } from '@backstage/types';
import { readinessServiceFactory } from '@craft-easy/backstage-plugin-operations-node';

async function main(data: JsonObject) {
  const backend = createBackend();
  backend.add(mockServices.rootConfig.factory({ data }));
  backend.add(mockServices.auth.factory());
  backend.add(mockServices.httpAuth.factory());
  backend.add(mockServices.userInfo.factory());
  backend.add(
    mockServices.permissions.factory({ result: AuthorizeResult.ALLOW }),
  );
  backend.add(catalogServiceMock.factory());
  backend.add(mockServices.events.factory());
  backend.add(readinessServiceFactory);
  backend.add(import('..'));
  backend.add(
    import('@craft-easy/backstage-plugin-operations-backend-module-bullmq'),
  );
  await backend.start();
  process.send?.('ready');
}

if (process.env.BACKEND_CONFIG) {
  main(JSON.parse(process.env.BACKEND_CONFIG)).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
