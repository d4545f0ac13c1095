import { createApiRef } from '@backstage/core-plugin-api';
import type {
  OperationsAnswer,
  OperationsClient,
  OperationsEndpoint,
} from '@craft-easy/backstage-plugin-operations-common';

/** What pages ask of the backend: the public methods of `OperationsClient`. @public */
export type OperationsApi = Pick<OperationsClient, keyof OperationsClient>;

/**
 * Reference by which pages find the {@link OperationsApi}, which the plugin `operations` installs.
 * @public
 */
export const operationsApiRef = createApiRef<OperationsApi>({
  id: 'plugin.operations.api',
});

/** Calls an endpoint whose input the types cannot tell, since the endpoint itself is a variable. */
export function callAny<K extends OperationsEndpoint>(
  api: OperationsApi,
  endpoint: K,
  input: object,
) {
  const call = api.call.bind(api) as (
    endpoint: K,
    input: object,
  ) => Promise<OperationsAnswer<K>>;
  return call(endpoint, input);
}
