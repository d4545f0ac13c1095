import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import type { OperationsClient } from '@craft-easy/backstage-plugin-operations-common';
import {
  catalogJobsSchema,
  createBackendClient,
  jobVersionsSchema,
  type CatalogJob,
} from '@craft-easy/backstage-plugin-operations-common/internal';

/** Ids asked for at once, as the API allows. */
const DETAILS_CHUNK = 100;

/** Where the jobs come from. */
export interface JobSource {
  /** Every job with its version. @throws unless all of them were read */
  versions(): Promise<Map<string, string>>;
  details(ids: string[]): Promise<CatalogJob[]>;
}

/** Asks the Operations backend, as the catalog's own service. */
export class JobsClient implements JobSource {
  private readonly client: OperationsClient;

  constructor(services: { discovery: DiscoveryService; auth: AuthService }) {
    this.client = createBackendClient(services, () =>
      services.auth.getOwnServiceCredentials(),
    );
  }

  async versions(): Promise<Map<string, string>> {
    const versions = new Map<string, string>();
    let after: string | undefined;
    do {
      const page = jobVersionsSchema.parse(
        await this.client.call('GET /catalog-jobs', { query: { after } }),
      );
      for (const { id, version } of page.items) versions.set(id, version);
      after = page.nextAfter;
    } while (after);
    return versions;
  }

  async details(ids: string[]): Promise<CatalogJob[]> {
    const jobs: CatalogJob[] = [];
    for (let i = 0; i < ids.length; i += DETAILS_CHUNK) {
      const id = ids.slice(i, i + DETAILS_CHUNK);
      const { items } = catalogJobsSchema.parse(
        await this.client.call('GET /catalog-jobs/details', { query: { id } }),
      );
      jobs.push(...items);
    }
    return jobs;
  }
}
