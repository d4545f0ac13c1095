import { migrationReportSchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { defineEndpoints } from '../lib/endpoint';
import {
  migrationReadPermission,
  migrationReportPermission,
} from '../permissions';
import {
  migrationsQuerySchema,
  migrationsSchema,
  reportReceiptSchema,
  settledQuerySchema,
  settledSchema,
} from './schemas';

/** @internal */
export const migrationEndpoints = defineEndpoints({
  'GET /migrations': {
    operationId: 'listMigrations',
    summary: 'List migrations',
    description: 'Components and how far they are migrated, worst first.',
    permission: migrationReadPermission,
    query: migrationsQuerySchema,
    answer: migrationsSchema,
    agents: 'safe',
  },
  'GET /migrations/settled': {
    operationId: 'checkMigrationsSettled',
    summary: 'Check whether the migrations of a deploy have settled',
    description:
      'The gate of a deploy pipeline: 200 if they have, 409 if not, 503 if that is not known.',
    permission: migrationReadPermission,
    query: settledQuerySchema,
    answer: settledSchema,
  },
  'POST /migrations/reports': {
    operationId: 'reportMigrations',
    summary: 'Report the migrations of an instance',
    description: 'Sending a report again does no harm.',
    permission: migrationReportPermission,
    body: migrationReportSchema,
    answer: reportReceiptSchema,
    kind: 'intake',
  },
});
