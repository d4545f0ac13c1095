import {
  operationsEndpoints,
  type Endpoint,
} from '@craft-easy/backstage-plugin-operations-common/endpoints';
import type { RepeatableRequest } from '../lib/context';
import type { ApprovalRow } from './ApprovalStore';

/**
 * The names of permissions of which the second person needs one, for the action that waits; none
 * where the request has ended or is not one of Operations.
 */
export function ownPermissions({
  request,
}: Pick<ApprovalRow, 'request'>): string[] {
  if (!request) return [];
  const { endpoint }: RepeatableRequest = JSON.parse(request);
  const endpoints: Record<string, Endpoint> = operationsEndpoints;
  const permission = endpoints[endpoint]?.permission;
  if (!permission || 'open' in permission) return [];
  return [permission].flat().map(({ name }) => name);
}
