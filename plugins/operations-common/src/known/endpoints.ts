import { z } from 'zod';
import { knownKindSchema, knownNamesSchema } from '.';
import { defineEndpoints } from '../lib/endpoint';
import { jobReadPermission } from '../permissions';

/** @internal */
export const knownEndpoints = defineEndpoints({
  'GET /known/:kind': {
    operationId: 'listKnownNames',
    summary: 'List known tenants or owners',
    description:
      'Names that jobs, requests, webhooks or the catalog have, as far as the caller may see them. For fields in which a typing error would otherwise be taken for a name.',
    permission: jobReadPermission,
    params: z.object({ kind: knownKindSchema }),
    query: z.object({
      /** in any case */
      search: z.string().trim().min(1).max(400).optional(),
    }),
    answer: knownNamesSchema,
    agents: 'safe',
  },
});
