import type { LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { knownEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { Knex } from 'knex';
import { attach } from '../lib/attach';
import type { Capability } from '../lib/capability';
import { KnownService } from './KnownService';
import { KnownStore } from './KnownStore';

/** The names that fields offer. */
export function createKnown(options: {
  knex: Knex;
  catalog: Pick<CatalogService, 'queryEntities'>;
  logger: LoggerService;
  requestingTenants: () => Promise<string[]>;
}): Capability {
  const store = new KnownStore(options.knex);
  const service = new KnownService({ ...options, store });
  return {
    routes: attach('known', knownEndpoints, {
      'GET /known/:kind': c =>
        service.names(c.params.kind, c.query.search, {
          access: c.access,
          credentials: c.caller.credentials,
        }),
    }),
  };
}
