import {
  approvalDecidePermission,
  approvalReadPermission,
  approvalResultSchema,
  approvalRulesSchema,
  approvalSchema,
  approvalsQuerySchema,
  decideApprovalSchema,
  pageSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { action, read, type Route } from '../lib/routes';
import type { ApprovalRules } from './ApprovalRules';
import type { ApprovalsService } from './ApprovalsService';

const byId = z.object({ id: z.string().min(1).max(64) });

/** Actions that need a second person. */
export function approvalRoutes(
  service: ApprovalsService,
  rules: ApprovalRules,
): Route[] {
  const see = approvalReadPermission;
  const decide = approvalDecidePermission;
  const everybody = {
    open: 'whoever is about to act is told beforehand that it needs two',
  };
  const shape = {
    params: byId,
    body: decideApprovalSchema,
    answer: approvalResultSchema,
  };
  // prettier-ignore
  return [
    read('GET /approvals', see, { summary: 'Actions that wait, or waited, for a second person, newest first', query: approvalsQuerySchema, answer: pageSchema(approvalSchema) }, c => service.list(c)),
    read('GET /approvals/rules', everybody, { summary: 'Which actions need a second person', answer: approvalRulesSchema }, async () => ({ items: rules.published })),
    read('GET /approvals/:id', see, { summary: 'One of them', params: byId, answer: approvalSchema }, c => service.get(c)),
    action('POST /approvals/:id/approve', decide, { summary: 'Be the second person: it is done at once', ...shape }, c => service.approve(c)),
    action('POST /approvals/:id/reject', decide, { summary: 'Say no', ...shape }, c => service.reject(c)),
    action('POST /approvals/:id/withdraw', see, { summary: 'Take back what one asked for oneself', ...shape }, c => service.withdraw(c)),
  ];
}
