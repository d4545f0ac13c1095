import {
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';

/** The factory of the API, for both frontend systems. */
export const operationsApiFactory = createApiFactory({
  api: operationsApiRef,
  deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
  factory: deps => new OperationsClient(deps),
});
