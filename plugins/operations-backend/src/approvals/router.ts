import { approvalEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { Route } from '../lib/routes';
import { approvalActions } from './actions';
import type { ApprovalRules } from './ApprovalRules';
import type { ApprovalsService } from './ApprovalsService';

/** Actions that need a second person. */
export function approvalRoutes(
  options: Parameters<typeof approvalActions>[0] & {
    service: ApprovalsService;
    rules: ApprovalRules;
  },
): Route[] {
  const { service, rules } = options;
  return attach('approvals', approvalEndpoints, {
    'GET /approvals': c => service.list(c),
    'GET /approvals/mine': c => service.mine(c),
    'GET /approvals/rules': () => ({ items: rules.published }),
    'GET /approvals/:id': c => service.get(c),
    ...approvalActions(options),
  });
}
