import { defineEndpoints } from '../lib/endpoint';
import { checkinReportPermission } from '../permissions';
import {
  checkinClaimedSchema,
  checkinClaimSchema,
  checkinFinishSchema,
  checkinLogSchema,
  checkinParamsSchema,
  checkinProgressSchema,
  checkinReceiptSchema,
  checkinRunSchema,
  checkinStartSchema,
  jobFactsSchema,
} from './schemas';

const report = {
  permission: checkinReportPermission,
  params: checkinParamsSchema,
  query: jobFactsSchema,
  answer: checkinReceiptSchema,
  kind: 'intake',
  form: true,
} as const;

/** Served where the module of the engine `checkin` is installed. @internal */
export const checkinEndpoints = defineEndpoints({
  'POST /checkin/:job': {
    ...report,
    operationId: 'reportRun',
    summary: 'Report a run that has ended',
    description:
      'The only request that a line of a crontab needs. The job comes into being with its first report.',
    body: checkinRunSchema,
  },
  'POST /checkin/:job/start': {
    ...report,
    operationId: 'reportRunStart',
    summary: 'Report that a run has begun',
    description: 'Sending it again, or after the end of the run, does no harm.',
    body: checkinStartSchema,
  },
  'POST /checkin/:job/claim': {
    ...report,
    operationId: 'claimSlot',
    summary: 'Claim the slot of the schedule that a run begins in',
    description:
      'The first run of a slot has it, and has begun. 409 says why a run may not start: another one has the slot, one is still under way, or no slot is due. Claiming again for the same run does no harm.',
    body: checkinClaimSchema,
    answer: checkinClaimedSchema,
  },
  'POST /checkin/:job/progress': {
    ...report,
    operationId: 'reportRunProgress',
    summary: 'Report how far a run is',
    body: checkinProgressSchema,
  },
  'POST /checkin/:job/log': {
    ...report,
    operationId: 'reportRunLog',
    summary: 'Report lines of the log of a run',
    description:
      'Lines are known by their number, so sending them again does no harm. The last 200 are kept.',
    body: checkinLogSchema,
  },
  'POST /checkin/:job/finish': {
    ...report,
    operationId: 'reportRunEnd',
    summary: 'Report how a run ended',
    description:
      'Its start need not have been reported. Sending it again does no harm.',
    body: checkinFinishSchema,
  },
});
