/**
 * What jobs report of themselves over HTTP. A body may be a form, so a number may come as its
 * digits.
 */
import {
  entityRefSchema,
  jobNameSchema,
  runStateSchema,
  tenantSchema,
  timestampSchema,
} from '@craft-easy/backstage-plugin-operations-protocol/internal';
import { z } from 'zod';

const MAX_MINUTES = 366 * 24 * 60;
/** More of a log than a report may hold. */
const MAX_LOG = 200_000;

/** A number, or its digits. */
const numberOf = (allowed: z.ZodNumber) =>
  z.union([
    allowed,
    z
      .string()
      .regex(/^-?\d{1,15}(\.\d{1,9})?$/, 'a number')
      .transform(Number)
      .pipe(allowed),
  ]);

const minutesSchema = numberOf(z.number().positive().max(MAX_MINUTES));

/** What a report may say of the job itself; what it leaves out stays as it was. */
export const jobFactsSchema = z.strictObject({
  title: z.string().min(1).max(200).optional(),
  description: z.string().max(2000).optional(),
  owner: entityRefSchema.optional(),
  schedule: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'a cron expression; `every 10m` (s, m, h, d); or `none`: the job runs on demand',
    ),
  timezone: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('IANA name, for the cron expression; default UTC'),
  firedBy: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('who fires the schedule: "cron on db-1"'),
  graceMinutes: minutesSchema
    .optional()
    .describe('a slot without a run is missed after so long'),
  limitMinutes: minutesSchema
    .optional()
    .describe('a run that has not ended after so long is lost'),
  startWithinMinutes: minutesSchema
    .optional()
    .describe(
      'of a guarded start: how long after its moment a slot may be claimed; default 5, at most half of the way to the next slot',
    ),
  targetMinutes: minutesSchema
    .optional()
    .describe('how long a run should take at most'),
  cancellable: z
    .union([
      z.boolean(),
      z.enum(['true', 'false']).transform(v => v === 'true'),
    ])
    .optional()
    .describe(
      'whoever reports the runs asks by `progress` whether one is to be cancelled',
    ),
  onCall: z
    .string()
    .max(2000)
    .regex(/^(https?:|mailto:|tel:)/, 'an address: https:, mailto: or tel:')
    .optional()
    .describe('whom to page'),
});
/** What a report says of its job. */
export type JobFacts = z.infer<typeof jobFactsSchema>;

/** The caller's own id of a run. */
const runSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/,
    'an id of 1 to 100 of the characters A-Z a-z 0-9 . _ : - that begins with a letter or digit',
  )
  .describe('chosen by the caller, unique within the job');

const commonFields = {
  at: timestampSchema
    .optional()
    .describe("when it happened, by the caller's clock; default: now"),
  sentAt: timestampSchema
    .optional()
    .describe(
      'when this request was sent, by the same clock: by how much that clock is wrong then does not matter',
    ),
  host: z.string().min(1).max(255).optional(),
  tenant: tenantSchema.optional(),
};

const ended = {
  exitCode: numberOf(
    z
      .number()
      .int()
      .min(-(2 ** 31))
      .max(2 ** 32),
  ).optional(),
  signal: z
    .string()
    .regex(/^[A-Z0-9+]{1,20}$/, 'a name such as TERM or KILL')
    .optional()
    .describe('the signal that ended the command'),
  outcome: z
    .enum(['cancelled', 'timed-out', 'not-started'])
    .optional()
    .describe(
      'of a run that somebody ended, or that its guard did not start; default: by the exit code',
    ),
  durationMs: numberOf(
    z
      .number()
      .min(0)
      .max(MAX_MINUTES * 60_000),
  )
    .optional()
    .describe('how long the run took'),
  message: z.string().max(4000).optional().describe('why it failed'),
  log: z.string().max(MAX_LOG).optional().describe('the last lines of the log'),
  logLines: numberOf(z.number().int().nonnegative())
    .optional()
    .describe('how many lines the whole log has'),
};

const hasEnd = (body: {
  exitCode?: unknown;
  signal?: unknown;
  outcome?: unknown;
}) =>
  body.exitCode !== undefined ||
  body.signal !== undefined ||
  body.outcome === 'not-started';
const END_NEEDED = {
  path: ['exitCode'],
  message: 'needed: how the run ended, where no signal ended it',
};

/** Body of `POST /checkin/:job/start`. */
export const checkinStartSchema = jobFactsSchema.extend({
  ...commonFields,
  run: runSchema,
});
/** Body of `POST /checkin/:job/claim`. */
export const checkinClaimSchema = jobFactsSchema.extend({
  run: runSchema,
  execution: runSchema.describe(
    'chosen anew by whoever would start the command: two that name one run are two executions of it',
  ),
  host: commonFields.host,
  tenant: commonFields.tenant,
});
/** Body of `POST /checkin/:job/progress`. */
export const checkinProgressSchema = z.strictObject({
  ...commonFields,
  run: runSchema,
  percent: numberOf(z.number().min(0).max(100)).optional(),
});
/** Body of `POST /checkin/:job/log`. */
export const checkinLogSchema = z.strictObject({
  ...commonFields,
  run: runSchema,
  from: numberOf(z.number().int().positive().max(1e9)).describe(
    'number of the first of these lines, from 1',
  ),
  text: z.string().min(1).max(MAX_LOG),
});
/** Body of `POST /checkin/:job/finish`. */
export const checkinFinishSchema = jobFactsSchema
  .extend({ ...commonFields, ...ended, run: runSchema })
  .refine(hasEnd, END_NEEDED);
/** Body of `POST /checkin/:job`. */
export const checkinRunSchema = jobFactsSchema
  .extend({
    ...commonFields,
    ...ended,
    run: runSchema
      .optional()
      .describe(
        'default: the `Idempotency-Key` header, else one that nobody knows, so that a repetition is a further run',
      ),
  })
  .refine(hasEnd, END_NEEDED);

/** Any report. */
export type CheckinBody = Partial<
  z.infer<typeof checkinStartSchema> &
    z.infer<typeof checkinClaimSchema> &
    z.infer<typeof checkinProgressSchema> &
    z.infer<typeof checkinLogSchema> &
    z.infer<typeof checkinRunSchema>
>;

/** The path of a report. */
export const checkinParamsSchema = z.object({ job: jobNameSchema });

/** Answer to a report. */
export const checkinReceiptSchema = z.object({
  jobId: z.string().describe('`checkin/<name>`'),
  runId: z.string(),
  state: runStateSchema.describe('of the run, after this report'),
});
/** Answer to a claim that has its slot. */
export const checkinClaimedSchema = checkinReceiptSchema.extend({
  slot: timestampSchema.describe('the slot of the schedule that the run has'),
});
export type CheckinClaimed = z.infer<typeof checkinClaimedSchema>;
/** Answer to a report. */
export type CheckinReceipt = z.infer<typeof checkinReceiptSchema>;
