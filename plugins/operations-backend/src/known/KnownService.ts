import type {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  jobReadPermission,
  rateLimitReadPermission,
  TENANT_ANNOTATION,
  webhookReadPermission,
} from '@craft-easy/backstage-plugin-operations-common';
import type {
  KnownKind,
  KnownNames,
  KnownSource,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import type { Access } from '../permissions/Access';
import { MOST, type KnownStore } from './KnownStore';

const ANSWERED = 20;

/** Who asks. */
export interface KnownCaller {
  access: Access;
  credentials: BackstageCredentials;
}

/** Which entities are wanted. */
interface Query {
  filter?: Record<string, string | string[]>;
  fullTextFilter?: { term: string; fields: string[] };
}

type Sources = Partial<Record<KnownSource, () => Promise<string[]>>>;

/** Finds names that are known; a source that cannot be asked is named, and the others answer. */
export class KnownService {
  constructor(
    private readonly options: {
      store: KnownStore;
      catalog: Pick<CatalogService, 'queryEntities'>;
      /** tenants whose requests the limiters have counted lately */
      requestingTenants: () => Promise<string[]>;
      logger: LoggerService;
    },
  ) {}

  async names(
    kind: KnownKind,
    search: string | undefined,
    caller: KnownCaller,
  ): Promise<KnownNames> {
    const sources =
      kind === 'tenant'
        ? this.tenants(search, caller)
        : this.owners(search, caller);
    const seen = new Map<string, KnownSource[]>();
    const away: KnownSource[] = [];
    const ask = async ([source, of]: [string, () => Promise<string[]>]) => {
      const name = source as KnownSource;
      try {
        for (const one of new Set(await of())) {
          seen.set(one, [...(seen.get(one) ?? []), name]);
        }
      } catch (error) {
        this.options.logger.warn(`Names of ${name} are not known: ${error}`);
        away.push(name);
      }
    };
    await Promise.all(Object.entries(sources).map(ask));
    const names = [...seen].sort(
      ([a], [b]) =>
        Number(b === search) - Number(a === search) || a.localeCompare(b),
    );
    return {
      items: names
        .slice(0, ANSWERED)
        .map(([name, seenIn]) => ({ name, seenIn: seenIn.sort() })),
      away: away.sort(),
    };
  }

  private tenants(search: string | undefined, caller: KnownCaller): Sources {
    const { store, requestingTenants } = this.options;
    const { access } = caller;
    return {
      jobs: async () =>
        store.tenantsOfJobs(await access.jobs(jobReadPermission), search),
      webhooks: async () =>
        store.tenantsOfWebhooks(
          await access.tenants(webhookReadPermission),
          search,
        ),
      requests: async () => {
        if (!(await access.has(rateLimitReadPermission))) return [];
        return (await requestingTenants()).filter(has(search));
      },
      catalog: () => this.tenantEntities(search, caller),
    };
  }

  private owners(search: string | undefined, caller: KnownCaller): Sources {
    return {
      jobs: async () =>
        this.options.store.ownersOfJobs(
          await caller.access.jobs(jobReadPermission),
          search,
        ),
      catalog: () => this.ownerEntities(search, caller),
    };
  }

  /** The entities that are tenants, by their annotation; without a search none is named. */
  private async tenantEntities(
    search: string | undefined,
    { credentials }: KnownCaller,
  ): Promise<string[]> {
    if (!search) return [];
    const field = `metadata.annotations.${TENANT_ANNOTATION}`;
    const entities = await this.entities(
      [
        { fullTextFilter: { term: search, fields: [field] } },
        { filter: { [field]: search } },
      ],
      ['metadata.annotations'],
      credentials,
    );
    return entities
      .flatMap(
        ({ metadata }) => metadata.annotations?.[TENANT_ANNOTATION] ?? [],
      )
      .filter(has(search));
  }

  private async ownerEntities(
    search: string | undefined,
    { credentials }: KnownCaller,
  ): Promise<string[]> {
    // of "group:default/data" the catalog searches for the name
    const term = search?.slice(search.lastIndexOf('/') + 1);
    const kind = ['group', 'user'];
    const displayName = 'spec.profile.displayName';
    const queries: Query[] = [{ filter: { kind } }];
    if (term) {
      const fields = ['metadata.name', displayName];
      queries[0].fullTextFilter = { term, fields };
      queries.push({ filter: { kind, 'metadata.name': term } });
    }
    const entities = await this.entities(
      queries,
      ['kind', 'metadata.name', 'metadata.namespace', displayName],
      credentials,
    );
    const contains = has(search);
    return entities.flatMap(entity => {
      const ref = stringifyEntityRef(entity);
      const profile = entity.spec?.profile as { displayName?: string };
      return [ref, profile?.displayName ?? ''].some(contains) ? ref : [];
    });
  }

  /**
   * A page of each query: of those that contain a text, and of those that are the same, which may
   * be on none of the first pages.
   */
  private async entities(
    queries: Query[],
    fields: string[],
    credentials: BackstageCredentials,
  ): Promise<Entity[]> {
    const pages = await Promise.all(
      queries.map(query =>
        this.options.catalog.queryEntities(
          { ...query, fields, limit: MOST },
          { credentials },
        ),
      ),
    );
    return pages.flatMap(({ items }) => items);
  }
}

function has(search = ''): (name: string) => boolean {
  const text = search.toLowerCase();
  return name => name.toLowerCase().includes(text);
}
