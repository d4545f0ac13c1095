import { z } from 'zod';
import { listParameter, pageQuerySchema } from '../lib';
import { capabilitySchema } from '../jobs/run';

/**
 * State of an approval: `approved` while the action is being taken; then `done`, `failed`, or
 * `refused` where the action turned out not to be allowed.
 */
export const APPROVAL_STATES = [
  'waiting',
  'approved',
  'done',
  'failed',
  'refused',
  'rejected',
  'withdrawn',
  'timed-out',
] as const;
const approvalStateSchema = z.enum(APPROVAL_STATES);
export type ApprovalState = z.infer<typeof approvalStateSchema>;

/** An action that somebody asked for and that needs a second person before it is done. */
export const approvalSchema = z.object({
  id: z.string(),
  state: approvalStateSchema,
  /** `maintenance.begin`, … */
  action: z.string(),
  target: z.string(),
  /** `<engine>/<name>` of the job that it is about, or of whose run */
  jobId: z.string().optional(),
  tenant: z.string().optional(),
  reason: z.string(),
  /** as the audit trail will hold them */
  parameters: z.unknown().optional(),
  /** what it would change, as it was when it was asked for */
  before: z.unknown().optional(),
  /** why the rule asks for a second person, in the words of the configuration */
  rule: z.string().optional(),
  requestedBy: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
  decisionReason: z.string().optional(),
  /** why the action failed or was refused */
  error: z.string().optional(),
  /** entry of the audit trail for the action itself */
  auditId: z.string().optional(),
  /** what the caller may do with it; the action's own permission is checked when they approve */
  actions: z.object({
    approve: capabilitySchema,
    reject: capabilitySchema,
    withdraw: capabilitySchema,
  }),
});
/** @public */
export type Approval = z.infer<typeof approvalSchema>;

/** Query of `GET /approvals`; newest first. */
export const approvalsQuerySchema = pageQuerySchema.extend({
  state: listParameter(approvalStateSchema),
});
export type ApprovalsQuery = z.infer<typeof approvalsQuerySchema>;

/** An action for which the configuration asks for a second person. */
const approvalRuleSchema = z.object({
  /** `maintenance.begin`, or `maintenance.*` */
  action: z.string(),
  description: z.string().optional(),
  /** false: only on a condition, which the description states */
  always: z.boolean(),
  withinMinutes: z.number(),
});
export type ApprovalRule = z.infer<typeof approvalRuleSchema>;

/** Answer of `GET /approvals/rules`. */
export const approvalRulesSchema = z.object({
  items: z.array(approvalRuleSchema),
});
