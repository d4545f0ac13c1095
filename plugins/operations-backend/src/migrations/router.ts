import {
  migrationReadPermission,
  migrationReportPermission,
  migrationsQuerySchema,
  migrationsSchema,
  reportReceiptSchema,
  settledQuerySchema,
  settledSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { migrationReportSchema } from '@craft-easy/backstage-plugin-operations-protocol';
import { action, read, type Route } from '../lib/routes';
import type { MigrationsService } from './MigrationsService';

/** Migration status. A report says what is; it changes nothing that anybody did, so it is not audited. */
export function migrationRoutes(service: MigrationsService): Route[] {
  const see = migrationReadPermission;
  // prettier-ignore
  return [
    read('GET /migrations', see, { summary: 'Components and how far they are migrated, worst first', query: migrationsQuerySchema, answer: migrationsSchema }, c => service.list(c.query)),
    read('GET /migrations/settled', see, { summary: 'Has this deploy settled? 200 yes, 409 no, 503 not known', query: settledQuerySchema, answer: settledSchema }, c => service.settled(c.query)),
    action('POST /migrations/reports', migrationReportPermission, { summary: 'What an instance says of itself; sending it again does no harm', body: migrationReportSchema, answer: reportReceiptSchema }, async c => {
      await c.access.require(migrationReportPermission);
      return service.report(c.body());
    }),
  ];
}
