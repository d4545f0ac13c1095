import { flagEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { flagActions } from './actions';
import type { FlagsService } from './FlagsService';

/** Global flags and their history. */
export function flagRoutes(service: FlagsService): Route[] {
  return attach('flags', flagEndpoints, {
    'GET /flags': c => service.list(c.query),
    'GET /flags/:key': async c =>
      service.view(await service.stored(c.params.key)),
    'GET /flags/:key/history': c => service.history(c.params.key, c.query),
    ...flagActions(service),
  });
}
