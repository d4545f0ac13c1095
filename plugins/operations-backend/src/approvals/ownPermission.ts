import {
  operationsEndpoints,
  type Endpoint,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { RepeatableRequest } from '../lib/context';
import type { ApprovalRow } from './ApprovalStore';

/**
 * The permission of the action that waits, which the second person needs as well; nothing where the
 * request has ended or is not one of Operations.
 */
export function ownPermission({
  request,
}: Pick<ApprovalRow, 'request'>): Endpoint['permission'] | undefined {
  if (!request) return undefined;
  const { endpoint }: RepeatableRequest = JSON.parse(request);
  const endpoints: Record<string, Endpoint> = operationsEndpoints;
  return endpoints[endpoint]?.permission;
}

/** The names of permissions of which the second person needs one. */
export function ownPermissions(row: Pick<ApprovalRow, 'request'>): string[] {
  const permission = ownPermission(row);
  if (!permission || 'open' in permission) return [];
  return [permission].flat().map(({ name }) => name);
}
