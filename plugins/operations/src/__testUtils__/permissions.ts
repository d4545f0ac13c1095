import { http, HttpResponse } from 'msw';
import {
  permissionTitle,
  type MyPermissions,
} from '@craft-easy/backstage-plugin-operations-common/internal';
import { operationsPermissions } from '@craft-easy/backstage-plugin-operations-common';

/**
 * Answers that the caller may do everything except what is denied, or is theirs for some things
 * only, and who else may.
 */
export function permissionsHandler(
  isDenied: (permission: string) => boolean = () => false,
  unusedPages: MyPermissions['unusedPages'] = [],
  isPartial: (permission: string) => boolean = () => false,
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
        decision: decisionOf(isDenied(name), isPartial(name)),
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

function decisionOf(denied: boolean, partial: boolean) {
  if (denied) return 'deny';
  return partial ? 'conditional' : 'allow';
}
