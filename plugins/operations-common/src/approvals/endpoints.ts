import { z } from 'zod';
import { pageSchema, reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import {
  approvalDecidePermission,
  approvalReadPermission,
} from '../permissions';
import {
  approvalRulesSchema,
  approvalSchema,
  approvalsQuerySchema,
} from './index';

const decision = {
  body: reasonBodySchema,
  answer: z.object({ approval: approvalSchema }),
  agents: 'destructive',
} as const;

/** @internal */
export const approvalEndpoints = defineEndpoints({
  'GET /approvals': {
    operationId: 'listApprovals',
    summary: 'List actions that need a second person',
    description:
      'Actions that wait, or waited, for a second person, the newest first, and what the caller may do with each.',
    permission: approvalReadPermission,
    query: approvalsQuerySchema,
    answer: pageSchema(approvalSchema),
    agents: 'safe',
  },
  'GET /approvals/mine': {
    operationId: 'listMyApprovals',
    summary: 'List what the caller asked for and waits for a second person',
    description:
      'The newest first. The caller can withdraw each, whatever else they may see.',
    permission: {
      open: 'whoever asked for something may see that it waits, and withdraw it',
    },
    answer: z.object({ items: z.array(approvalSchema) }),
  },
  'GET /approvals/rules': {
    operationId: 'listApprovalRules',
    summary: 'List the rules for second persons',
    description: 'Which actions need a second person.',
    permission: {
      open: 'dialogs tell everybody beforehand that an action needs two people',
    },
    answer: approvalRulesSchema,
  },
  'GET /approvals/:id': {
    operationId: 'getApproval',
    summary: 'Get an approval',
    permission: approvalReadPermission,
    answer: approvalSchema,
  },
  'POST /approvals/:id/approve': {
    operationId: 'approveAction',
    summary: 'Approve an action of somebody else',
    description:
      'The action is done at once, as it was asked for. Nobody approves what they asked for themselves; where the portal wants people to approve in person, agents are refused.',
    permission: approvalDecidePermission,
    ...decision,
  },
  'POST /approvals/:id/reject': {
    operationId: 'rejectAction',
    summary: 'Reject an action of somebody else',
    description: 'The action is not done, and has to be asked for anew.',
    permission: approvalDecidePermission,
    ...decision,
  },
  'POST /approvals/:id/withdraw': {
    operationId: 'withdrawAction',
    summary: 'Withdraw an action that waits for a second person',
    description:
      'Takes back what the caller asked for and nobody has approved yet.',
    permission: approvalReadPermission,
    ...decision,
  },
});
