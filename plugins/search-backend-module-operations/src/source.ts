import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { createBackendClient } from '@craft-easy/backstage-plugin-operations-common/internal';
import type {
  AttentionItem,
  Flag,
  JobSummary,
  OperationsClient,
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

  constructor(services: { auth: AuthService; discovery: DiscoveryService }) {
    this.client = createBackendClient(services, () =>
      services.auth.getOwnServiceCredentials(),
    );
  }

  /** By name, which does not change between two pages as what needs attention does. */
  jobs(): AsyncGenerator<JobSummary> {
    return allPages(cursor =>
      this.client.call('GET /jobs', {
        query: { limit: PAGE, sort: 'name', cursor },
      }),
    );
  }

  flags(): AsyncGenerator<Flag> {
    return allPages(cursor =>
      this.client.call('GET /flags', { query: { limit: PAGE, cursor } }),
    );
  }

  /** What needs attention, the most urgent first. */
  attention(): AsyncGenerator<AttentionItem> {
    return allPages(cursor =>
      this.client.call('GET /attention', { query: { limit: PAGE, cursor } }),
    );
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
