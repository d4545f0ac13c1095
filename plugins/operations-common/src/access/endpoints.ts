import { myPermissionsSchema } from '.';
import { defineEndpoints } from '../lib/endpoint';

/** @internal */
export const accessEndpoints = defineEndpoints({
  'GET /permissions/mine': {
    operationId: 'listMyPermissions',
    summary: "List the caller's permissions",
    description:
      'What the caller may do in Operations, under which condition, which groups may do the rest, and which pages this portal has no use of.',
    permission: { open: 'everybody may know what they may do themselves' },
    answer: myPermissionsSchema,
    agents: 'safe',
  },
});
