import { z } from 'zod';
import {
  instantSchema,
  listParameter,
  pageQuerySchema,
  tenantParameter,
} from '../lib';
import { sentenceSchema } from '../lib/sentenceSchema';

export * from './checkpoint';

/**
 * How an audited action ended; `intended` while it has not. Where the process died before it could
 * say, the portal finds out from the facts: `unknown` if they do not tell.
 */
const auditOutcomeSchema = z.enum([
  'intended',
  'succeeded',
  'refused',
  'failed',
  'unknown',
]);
export type AuditOutcome = z.infer<typeof auditOutcomeSchema>;

/** An action as the trail has it: the intent and its outcome, folded into one. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.string(),
  /**
   * entity reference of a user, or `service:<subject>`, or `worker:<id>` for a refusal that a
   * worker reported
   */
  actor: z.string(),
  onBehalfOf: z.string().optional(),
  /** `job.run`, `job.cancel`, … */
  action: z.string(),
  /** `job:<engine>/<name>`, `run:<id>`, … */
  target: z.string(),
  /** `<engine>/<name>` of the job that it is about, or of whose run */
  jobId: z.string().optional(),
  tenant: z.string().optional(),
  reason: z.string().optional(),
  parameters: z.unknown().optional(),
  outcome: auditOutcomeSchema,
  outcomeAt: z.string().optional(),
  error: z.string().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  /** the second person, where one was needed */
  approval: z
    .object({
      id: z.string(),
      approvedBy: z.string(),
      approvedAt: z.string(),
      reason: z.string(),
    })
    .optional(),
  requestId: z.string().optional(),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
});
/** @public */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/**
 * Query of `GET /audit`. Newest first. `target` matches whole; `job` gathers everything done to a
 * job and its runs.
 */
export const auditQuerySchema = pageQuerySchema.extend({
  actor: listParameter(z.string().min(1).max(300)),
  action: listParameter(z.string().min(1).max(100)),
  target: z.string().min(1).max(400).optional(),
  job: z.string().min(1).max(300).optional(),
  tenant: listParameter(tenantParameter),
  outcome: listParameter(auditOutcomeSchema),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

/**
 * Answer of `GET` and `POST /audit/verification`. `brokenAt` is the first row that does not follow
 * from the one before.
 */
export const auditVerificationSchema = z.object({
  whole: z.boolean(),
  rows: z.number().int(),
  head: z.string().optional(),
  checkedAt: z.string(),
  /**
   * the word of an earlier walk through all rows was taken for the rows up to `sequence`: they were
   * looked at up to its `checkedAt`, not anew
   */
  continues: z
    .object({ sequence: z.number().int(), checkedAt: z.string() })
    .optional(),
  /** rows up to this one were pruned, as a signed checkpoint says */
  startsAfter: z.number().int().optional(),
  checkpoints: z
    .object({
      /** signed states that the trail fits */
      matched: z.number().int(),
      /** of rows that were pruned meanwhile: nothing left to compare */
      pruned: z.number().int(),
      /** signed with keys that are not configured any more */
      unknownKey: z.number().int(),
      /** time of the newest that matches */
      newest: z.string().optional(),
      /** where checkpoints are kept outside of the database; empty: nowhere */
      keptIn: z.array(z.string()),
    })
    .optional(),
  /** the newest row that the portal's process had seen: the trail still holds it, as it was */
  remembered: z
    .object({ sequence: z.number().int(), since: z.string() })
    .optional(),
  brokenAt: z
    .object({
      sequence: z.number().int(),
      id: z.string(),
      why: z.string(),
      /** the same as a code and values, to be worded in other languages */
      words: z.object({ why: sentenceSchema }).optional(),
    })
    .optional(),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
