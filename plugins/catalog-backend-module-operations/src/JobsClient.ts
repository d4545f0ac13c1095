import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import {
  catalogJobsSchema,
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
  private readonly discovery: DiscoveryService;
  private readonly auth: AuthService;

  constructor(options: { discovery: DiscoveryService; auth: AuthService }) {
    this.discovery = options.discovery;
    this.auth = options.auth;
  }

  async versions(): Promise<Map<string, string>> {
    const versions = new Map<string, string>();
    let after: string | undefined;
    do {
      const query = new URLSearchParams(after ? { after } : {});
      const page = jobVersionsSchema.parse(
        await this.get(`/catalog-jobs?${query}`),
      );
      for (const { id, version } of page.items) versions.set(id, version);
      after = page.nextAfter;
    } while (after);
    return versions;
  }

  async details(ids: string[]): Promise<CatalogJob[]> {
    const jobs: CatalogJob[] = [];
    for (let i = 0; i < ids.length; i += DETAILS_CHUNK) {
      const chunk = ids.slice(i, i + DETAILS_CHUNK);
      const query = new URLSearchParams(chunk.map(id => ['id', id]));
      const { items } = catalogJobsSchema.parse(
        await this.get(`/catalog-jobs/details?${query}`),
      );
      jobs.push(...items);
    }
    return jobs;
  }

  private async get(path: string): Promise<unknown> {
    const base = await this.discovery.getBaseUrl('operations');
    const { token } = await this.auth.getPluginRequestToken({
      onBehalfOf: await this.auth.getOwnServiceCredentials(),
      targetPluginId: 'operations',
    });
    const response = await fetch(`${base}/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response.json();
  }
}
