import type { AuthService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  JOB_COMPONENT_TYPE,
  jobLocation,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { JOB_ANNOTATION } from '@craft-easy/backstage-plugin-operations-common';

/** Entities asked for at once. */
const CHUNK = 500;

/** What the catalog has, as opposed to what was sent to it. */
export interface CatalogView {
  /** Origins of the entities that are there and come from jobs. */
  origins(): Promise<Set<string>>;
  /** Those of some references under which there is an entity, anybody's. */
  taken(entityRefs: string[]): Promise<Set<string>>;
  /** Those of some jobs whose named entities are there, say so, and are not made by us. */
  annotated(
    jobs: Array<{ id: string; entityRef: string }>,
  ): Promise<Set<string>>;
}

/** Asks the catalog, as its own service. */
export class CatalogLook implements CatalogView {
  constructor(
    private readonly options: { catalog: CatalogService; auth: AuthService },
  ) {}

  async origins(): Promise<Set<string>> {
    const facet = `metadata.annotations.${ANNOTATION_ORIGIN_LOCATION}`;
    const { facets } = await this.options.catalog.getEntityFacets(
      {
        facets: [facet],
        filter: { 'spec.type': JOB_COMPONENT_TYPE },
      },
      await this.credentials(),
    );
    return new Set(facets[facet]?.map(({ value }) => value));
  }

  async taken(entityRefs: string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let i = 0; i < entityRefs.length; i += CHUNK) {
      const { items } = await this.options.catalog.getEntitiesByRefs(
        {
          entityRefs: entityRefs.slice(i, i + CHUNK),
          fields: ['kind', 'metadata.name', 'metadata.namespace'],
        },
        await this.credentials(),
      );
      for (const item of items) {
        if (item) found.add(stringifyEntityRef(item));
      }
    }
    return found;
  }

  async annotated(
    jobs: Array<{ id: string; entityRef: string }>,
  ): Promise<Set<string>> {
    const found = new Set<string>();
    for (let i = 0; i < jobs.length; i += CHUNK) {
      const asked = jobs.slice(i, i + CHUNK);
      const { items } = await this.options.catalog.getEntitiesByRefs(
        {
          entityRefs: asked.map(({ entityRef }) => entityRef),
          fields: ['metadata.annotations'],
        },
        await this.credentials(),
      );
      items.forEach((item, at) => {
        const { id } = asked[at];
        const annotations = item?.metadata.annotations;
        const isOurs =
          annotations?.[ANNOTATION_ORIGIN_LOCATION] === jobLocation(id);
        if (annotations?.[JOB_ANNOTATION] === id && !isOurs) found.add(id);
      });
    }
    return found;
  }

  private async credentials() {
    return { credentials: await this.options.auth.getOwnServiceCredentials() };
  }
}
