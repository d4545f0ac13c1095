import { createApiRef } from '@backstage/core-plugin-api';
import type { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';

/** What pages ask of the backend: the public methods of {@link OperationsClient}. @public */
export type OperationsApi = Pick<OperationsClient, keyof OperationsClient>;

/** Reference by which pages find the {@link OperationsApi}. @public */
export const operationsApiRef = createApiRef<OperationsApi>({
  id: 'plugin.operations.api',
});
