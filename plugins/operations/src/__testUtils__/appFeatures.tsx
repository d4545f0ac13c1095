import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import { operationsApiRef } from '@craft-easy/backstage-plugin-operations-react';

/** The page that links to entities lead to. */
export const catalog = createFrontendPlugin({
  pluginId: 'catalog',
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => <p>entity</p>,
      },
    }),
  ],
});

/** Operations that asks the platform of `handlersFor`. */
export const client = createFrontendModule({
  pluginId: 'operations',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: operationsApiRef,
          deps: {},
          factory: () =>
            new OperationsClient({
              discoveryApi: {
                getBaseUrl: async id => `http://localhost/api/${id}`,
              },
              fetchApi: { fetch: (input, init) => fetch(input, init) },
            }),
        }),
    }),
  ],
});
