import { z } from 'zod';
import { extendControlSchema, pageSchema, reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import {
  maintenanceReadPermission,
  maintenanceTogglePermission,
} from '../permissions';
import {
  createMaintenanceSchema,
  maintenanceQuerySchema,
  maintenanceWindowSchema,
} from './window';

const answer = z.object({ window: maintenanceWindowSchema });

/** @internal */
export const maintenanceEndpoints = defineEndpoints({
  'GET /maintenance': {
    operationId: 'listMaintenance',
    summary: 'List maintenance windows',
    description:
      'Windows of tenants and of the whole platform, the latest start first.',
    permission: maintenanceReadPermission,
    query: maintenanceQuerySchema,
    answer: pageSchema(maintenanceWindowSchema),
    agents: 'safe',
  },
  'POST /maintenance': {
    operationId: 'beginMaintenance',
    summary: 'Begin or plan a maintenance window',
    description: 'For one tenant or for the whole platform, now or later.',
    permission: maintenanceTogglePermission,
    body: createMaintenanceSchema,
    answer,
    status: 201,
  },
  'POST /maintenance/:id/extend': {
    operationId: 'extendMaintenance',
    summary: 'Extend a maintenance window',
    permission: maintenanceTogglePermission,
    body: extendControlSchema,
    answer,
  },
  'POST /maintenance/:id/end': {
    operationId: 'endMaintenance',
    summary: 'End a maintenance window',
    description: 'Now; a window that has not begun is cancelled.',
    permission: maintenanceTogglePermission,
    body: reasonBodySchema,
    answer,
  },
});
