import { http, HttpResponse } from 'msw';
import {
  permissionTitle,
  type MyPermissions,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';

/** Answers that the caller may do everything except what is denied, and who else may. */
export function permissionsHandler(
  isDenied: (permission: string) => boolean = () => false,
  unusedPages: MyPermissions['unusedPages'] = [],
) {
  return http.get('*/api/operations/v1/permissions/mine', () =>
    HttpResponse.json({
      subject: 'user:default/anna.larsson',
      holdersKnown: true,
      unusedPages,
      items: operationsPermissions.map(({ name, attributes }) => ({
        permission: name,
        title: permissionTitle(name),
        action: attributes.action,
        decision: isDenied(name) ? 'deny' : 'allow',
        holders: [
          { entityRef: 'group:default/platform-operators' },
          ...(name.startsWith('operations.job.')
            ? [{ condition: 'for their own jobs' }]
            : []),
        ],
      })),
    } satisfies MyPermissions),
  );
}
