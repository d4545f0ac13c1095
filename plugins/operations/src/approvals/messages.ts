import { createTranslationRef } from '@backstage/frontend-plugin-api';

/** What is said of actions that wait for a second person. */
export const approvalMessages = createTranslationRef({
  id: 'operations.approvals',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    because: 'A second person is needed because {{rule}}.',
    decided: '{{state}} by {{person}}, {{time}}',
    details: 'Exactly as requested',
    dialog: {
      facts: {
        both: 'Both names are recorded in the audit trail.',
        condition:
          'It is done only if you may do it yourself, and if {{person}} still belongs to the same groups as at the time of the request.',
        done: 'It is done at once, as {{person}} requested: “{{reason}}”',
        notDone: 'It is not done. You can request it again.',
        rejected: 'It is not done, and {{person}} sees your reason.',
      },
      outcome: '{{state}}: {{action}}',
      problem: '{{state}}: {{error}}',
      title: {
        approve: 'Approve: {{action}}?',
        reject: 'Reject: {{action}}?',
        withdraw: 'Withdraw: {{action}}?',
      },
    },
    empty: {
      text: 'Actions for which the configuration asks for two people appear here, with all that the second person needs to know.',
      title: 'Nothing waits for a second person',
    },
    expires: 'Expires {{time}}',
    failure: 'Approvals could not be loaded',
    fields: {
      names: {
        announceAt: 'Announced',
        dryRun: 'Dry run',
        endpoint: 'Endpoint',
        endsAt: 'Ends',
        estimatedKeys: 'Keys, about',
        eventType: 'Event',
        expected: 'Deliveries',
        holdJobs: 'Jobs held until the end',
        keyCount: 'Keys',
        keys: 'First keys',
        keysPerSecond: 'Keys a second',
        limit: 'Limit',
        messages: 'Message to users',
        mode: 'Mode',
        parameters: 'Parameters',
        pattern: 'Pattern',
        retryOf: 'Retry of run',
        scope: 'Scope',
        selection: 'Selection',
        startsAt: 'Begins',
        status: 'Status',
        subject: 'Client',
        tenant: 'Tenant',
        timeRange: 'Time range',
        timezone: 'Time zone',
        until: 'Until',
        variant: 'Variant',
        windowSeconds: 'Window in seconds',
      },
      change: '{{before}} → {{after}}',
      no: 'no',
      none: 'none',
      yes: 'yes',
    },
    headline: {
      decide_one: '{{count, number}} request waits for your decision',
      decide_other: '{{count, number}} requests wait for your decision',
      none: 'Nothing waits for a second person',
      others_one:
        '{{count, number}} request waits for a second person, not for you',
      others_other:
        '{{count, number}} requests wait for a second person, not for you',
    },
    list: {
      decided: 'Decided',
      noneDecided: 'None yet',
      pending: 'Waiting for a second person',
      waiting: 'Waiting',
    },
    parameters: 'Parameters',
    request: '{{person}} asks to {{action}}',
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
    title: 'Approvals',
    verb: {
      approve: 'Approve',
      reject: 'Reject',
      withdraw: 'Withdraw',
    },
    verbNamed: {
      approve: 'Approve: {{action}}',
      reject: 'Reject: {{action}}',
      withdraw: 'Withdraw: {{action}}',
    },
    waits: 'It waits for a second person.',
  },
});

/** What the user can do to an approval. */
export type Verb = 'approve' | 'reject' | 'withdraw';
