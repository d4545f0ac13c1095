import { createTranslationRef } from '@backstage/frontend-plugin-api';

/** What is said of actions that wait for a second person. */
export const approvalMessages = createTranslationRef({
  id: 'operations.approvals',
  messages: {
    because: 'Because {{rule}}.',
    decided: '{{state}} by {{person}}',
    details: 'Details',
    dialog: {
      facts: {
        both: 'Both names are recorded in the audit trail.',
        condition:
          'It is done only if you may do it yourself, and if {{person}} still belongs to the same groups as at the time of the request.',
        done: '{{action}} on {{target}} is done at once, as {{person}} requested: “{{reason}}”',
        notDone: 'It is not done. You can request it again.',
        rejected: 'It is not done, and {{person}} sees your reason.',
      },
      outcome: '{{state}}: {{action}}',
      problem: '{{state}}: {{error}}',
      title: {
        approve: 'Approve {{action}} on {{target}}',
        reject: 'Reject {{action}} on {{target}}',
        withdraw: 'Withdraw {{action}} on {{target}}',
      },
    },
    failure: 'Approvals could not be loaded',
    parameters: 'Parameters',
    request: '{{person}} requests {{action}} on {{target}}',
    requestFor:
      '{{person}} requests {{action}} on {{target}} for tenant {{tenant}}',
    requested: 'Requested {{time}}.',
    state: {
      approved: 'Approved, and being done',
      done: 'Approved and done',
      failed: 'Approved, but it failed',
      refused: 'Approved, but refused',
      rejected: 'Rejected',
      'timed-out': 'Nobody approved it in time',
      waiting: 'Waiting',
      withdrawn: 'Withdrawn',
    },
    title: 'Waiting for a second person',
    verb: {
      approve: 'Approve',
      reject: 'Reject',
      withdraw: 'Withdraw',
    },
    verbNamed: {
      approve: 'Approve {{action}}',
      reject: 'Reject {{action}}',
      withdraw: 'Withdraw {{action}}',
    },
  },
});

/** What the user can do to an approval. */
export type Verb = 'approve' | 'reject' | 'withdraw';
