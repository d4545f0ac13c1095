import { migrationEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import type { MigrationsService } from './MigrationsService';

/** Migration status, and the intake of what instances report of theirs. */
export function migrationRoutes(service: MigrationsService): Route[] {
  return attach('migrations', migrationEndpoints, {
    'GET /migrations': c => service.list(c.query),
    'GET /migrations/settled': c => service.settled(c.query),
    'POST /migrations/reports': c => service.report(c.body()),
  });
}
