import { OperationsClient } from './client';

/** What a backend plugin needs to ask the one of Operations; Backstage's services have it. */
interface BackendServices<Credentials> {
  auth: {
    getPluginRequestToken(options: {
      onBehalfOf: Credentials;
      targetPluginId: string;
    }): Promise<{ token: string }>;
  };
  discovery: { getBaseUrl(pluginId: string): Promise<string> };
}

/**
 * The API as another plugin's backend calls it, on behalf of somebody or as its own service.
 * @param onBehalfOf - asked for each call, since credentials may expire
 */
export function createBackendClient<Credentials>(
  { auth, discovery }: BackendServices<Credentials>,
  onBehalfOf: () => Promise<Credentials>,
): OperationsClient {
  return new OperationsClient({
    discoveryApi: discovery,
    fetchApi: {
      fetch: async (url, init) => {
        const { token } = await auth.getPluginRequestToken({
          onBehalfOf: await onBehalfOf(),
          targetPluginId: 'operations',
        });
        const authorization = `Bearer ${token}`;
        const headers = { ...(init?.headers as object), authorization };
        return fetch(url, { ...init, headers });
      },
    },
  });
}
