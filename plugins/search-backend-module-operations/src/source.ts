import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import {
  OperationsClient,
  type AttentionItem,
  type Flag,
  type JobSummary,
} from '@craft-easy/backstage-plugin-operations-common';

/** Rows asked for at once, as the API allows. */
const PAGE = 200;

interface Page<T> {
  items: T[];
  pageInfo: { nextCursor?: string };
}

/** Reads the Operations backend, as the search's own service: it sees everything. */
export class OperationsSource {
  private readonly client: OperationsClient;

  constructor(
    private readonly options: {
      auth: AuthService;
      discovery: DiscoveryService;
    },
  ) {
    this.client = new OperationsClient({
      discoveryApi: options.discovery,
      fetchApi: {
        fetch: async (url, init) =>
          fetch(url, {
            ...init,
            headers: {
              ...(init?.headers as Record<string, string>),
              authorization: `Bearer ${await this.token()}`,
            },
          }),
      },
    });
  }

  jobs(): AsyncGenerator<JobSummary> {
    return allPages(cursor =>
      this.client.call('GET /jobs', { query: { limit: PAGE, cursor } }),
    );
  }

  flags(): AsyncGenerator<Flag> {
    return allPages(cursor =>
      this.client.call('GET /flags', { query: { limit: PAGE, cursor } }),
    );
  }

  /** What needs attention, the most urgent first. */
  async attention(): Promise<AttentionItem[]> {
    const query = { limit: PAGE };
    return (await this.client.call('GET /attention', { query })).items;
  }

  private async token(): Promise<string> {
    const { auth } = this.options;
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'operations',
    });
    return token;
  }
}

/** Every row of a list, page by page. */
async function* allPages<T>(
  read: (cursor: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const { items, pageInfo } = await read(cursor);
    yield* items;
    cursor = pageInfo.nextCursor;
  } while (cursor);
}
