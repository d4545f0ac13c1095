import { flagKeySchema } from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';
import { pageQuerySchema, pageSchema, reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import { flagReadPermission, flagTogglePermission } from '../permissions';
import {
  createFlagSchema,
  flagChangeSchema,
  flagSchema,
  flagsPageSchema,
  flagsQuerySchema,
  revertFlagSchema,
  updateFlagSchema,
} from './flag';

const params = z.object({ key: flagKeySchema });
const answer = z.object({ flag: flagSchema });

/** @internal */
export const flagEndpoints = defineEndpoints({
  'GET /flags': {
    operationId: 'listFlags',
    summary: 'List global flags',
    description:
      'By key: what each flag serves, since when, and the etag that a change needs.',
    permission: flagReadPermission,
    query: flagsQuerySchema,
    answer: flagsPageSchema,
    agents: 'safe',
  },
  'GET /flags/:key': {
    operationId: 'getFlag',
    summary: 'Get a global flag',
    permission: flagReadPermission,
    params,
    answer: flagSchema,
  },
  'GET /flags/:key/history': {
    operationId: 'listFlagChanges',
    summary: 'List the changes of a global flag',
    description: 'The newest first.',
    permission: flagReadPermission,
    params,
    query: pageQuerySchema,
    answer: pageSchema(flagChangeSchema),
  },
  'POST /flags': {
    operationId: 'createFlag',
    summary: 'Create a global flag',
    permission: flagTogglePermission,
    body: createFlagSchema,
    answer,
    status: 201,
  },
  'PUT /flags/:key': {
    operationId: 'setFlag',
    summary: 'Set a global flag',
    description:
      'Switches or edits a flag, for every tenant at once. Answers 412 if it was changed since.',
    permission: flagTogglePermission,
    params,
    body: updateFlagSchema,
    answer,
    ifMatch: true,
    agents: 'destructive',
  },
  'POST /flags/:key/revert': {
    operationId: 'revertFlag',
    summary: 'Revert a change of a global flag',
    description: 'The flag is again as it was before that change.',
    permission: flagTogglePermission,
    params,
    body: revertFlagSchema,
    answer,
    ifMatch: true,
  },
  'DELETE /flags/:key': {
    operationId: 'deleteFlag',
    summary: 'Delete a global flag',
    permission: flagTogglePermission,
    params,
    body: reasonBodySchema,
    ifMatch: true,
  },
});
