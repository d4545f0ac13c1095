import {
  createTranslationRef,
  type TranslationFunction,
  type TranslationRef,
} from '@backstage/frontend-plugin-api';

/** The function that says the messages of a ref, for pure functions that build sentences. */
export type TFunction<R extends TranslationRef> = TranslationFunction<R['T']>;

/** What the pages of several capabilities say. */
export const commonMessages = createTranslationRef({
  id: 'operations.common',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    access: {
      askOperator: 'Ask whoever runs this portal who has it.',
      condition: 'You have it for {{condition}}.',
      denied:
        'You do not have the permission {{permission}}: you may not {{action}}.',
      holders: 'Who may {{action}}:',
      nobody: 'No group has it, though services may.',
      owners: 'owners',
      with: '{{holder}}, {{condition}}',
    },
    actions: {
      notReady: 'Something in this form is missing or not allowed.',
      ask: 'Ask {{contact}}',
      auditEntry: 'Audit entry',
      cancel: 'Cancel',
      failed: '{{button}} failed',
      off: 'Why “{{action}}” is off',
      offUnnamed: 'Why this is off',
      opening: 'Opening',
      stillLoading: 'Not everything is loaded yet. Look at it, then confirm.',
      rule: {
        capability: 'The job does not support this',
        contract: 'A rule of the job',
        engine: 'The engine cannot be reached',
        permission: 'Permission missing',
        state: 'Not possible in its present state',
      },
      unknown: 'Not known yet whether you may do this.',
    },
    approval: {
      link: 'Approval',
      linkAll: 'Approvals',
      requested: 'Not done yet: a second person must approve it by {{until}}',
      requestedSome:
        'Not done yet: a second person must approve each of {{n, number}} by {{until}}',
      rule: {
        always:
          'A second person must approve it within {{duration}}, or it is not done.',
        described:
          'A second person must approve it within {{duration}} if {{condition}}, or it is not done.',
        sometimes:
          'A second person may have to approve it within {{duration}}, or it is not done.',
      },
    },
    copy: {
      failed: 'Could not copy: select the text and copy it yourself',
      done: 'Copied',
      named: 'Copy {{what}}',
      snippet: 'Copy snippet',
    },
    rounded:
      'Whole numbers beyond 9,007,199,254,740,991 are rounded here: their last digits are not known.',
    count: {
      jobs_one: '{{count, number}} job',
      jobs_other: '{{count, number}} jobs',
      runs_one: '{{count, number}} run',
      runs_other: '{{count, number}} runs',
      tenants_one: '{{count, number}} tenant',
      tenants_other: '{{count, number}} tenants',
    },
    countdown: {
      ended: 'ended',
      left: '{{duration}} left',
      until: 'until {{time}}',
    },
    dismiss: 'Dismiss',
    documentTitle: '{{subject}} · {{of}}',
    drawer: { close: 'Close' },
    error: {
      back: 'Go to {{page}}',
      copyRequestId: 'Copy request id',
      http: 'HTTP {{status}}',
      ended: 'Your session has ended. Sign in again to go on.',
      noAnswer: 'The backend did not answer ({{message}}).',
      offline: 'There is no connection to the network.',
      request: 'request',
      retry: 'Try again',
      retrying: 'It is tried again by itself.',
      signIn: 'Sign in',
    },
    filters: {
      by: 'Filter by {{facet}}',
      clear: 'Clear filters',
      clearSearch: 'Clear search',
      find: 'Search {{facet}}',
      more: '{{facet}}: {{first}} +{{more, number}}',
      one: '{{facet}}: {{first}}',
      remove: 'Remove filter: {{filter}}',
      saved: {
        title: 'Saved filters',
        remove: 'Remove “{{name}}”',
        full: 'At most {{most, number}} are kept: remove one first.',
        name: 'Name',
        none: 'Set filters to keep them here under a name.',
        replaces: 'Replaces the filters of this name.',
        save: 'Save these filters',
      },
    },
    freshness: {
      asOf: 'As of {{age}} ago: {{reason}}',
      live: 'live',
      unreachable: 'the platform cannot be reached',
    },
    partOnly: 'Counts only what you may see.',
    quote: '“{{text}}”',
    localTime: {
      first: 'The first, {{offset}}',
      second: 'The second, {{offset}}',
      skipped:
        'The clocks of {{zone}} skip {{time}} on that day. Choose another time.',
      twice:
        'The clocks of {{zone}} show {{time}} twice on that day. Choose which.',
      which: 'Which {{time}}',
    },
    reason: {
      help: 'Kept in the audit trail, for anyone who asks later.',
      label: 'Reason',
      last: 'Last:',
      lastLabel: 'Your last reasons',
      tooLong: 'At most {{max, number}} characters.',
      tooShort:
        'Give a reason of at least {{min, number}} characters: it goes into the audit trail.',
    },
    status: {
      active: {
        word: 'active',
        meaning: 'In force; it ends by itself',
      },
      cancelled: {
        word: 'cancelled',
        meaning: 'Stopped because somebody asked for it',
      },
      cancelling: {
        word: 'cancelling',
        meaning: 'Asked to stop; the worker has not confirmed that yet',
      },
      delivered: {
        word: 'delivered',
        meaning: 'The receiver accepted it',
      },
      ended: {
        word: 'ended',
        meaning: 'No longer in force',
      },
      failed: {
        word: 'failed',
        meaning: 'Ended with an error',
      },
      'failed-again': {
        word: 'failed again',
        meaning: 'Failed again: in a replay, or after somebody handled it',
      },
      handled: {
        word: 'handled',
        meaning: 'Somebody dealt with it; it comes back if it fails again',
      },
      lost: {
        word: 'lost',
        meaning:
          'Its worker died or stopped answering; how far it got is not known',
      },
      missed: {
        word: 'missed',
        meaning: 'Was due by its schedule, but did not run',
      },
      never: {
        word: 'never ran',
        meaning: 'No runs yet',
      },
      offline: {
        word: 'offline',
        meaning: 'Everything is refused, except what is allowed by name',
      },
      queued: {
        word: 'queued',
        meaning: 'Waiting for a worker',
      },
      'read-only': {
        word: 'read-only',
        meaning: 'Reads work, changes are refused',
      },
      refused: {
        word: 'refused',
        meaning: 'The worker did not run it: a rule of the job forbids it',
      },
      replaying: {
        word: 'replaying',
        meaning: 'Handed to the platform to be sent again',
      },
      running: {
        word: 'running',
        meaning: 'A worker is running it',
      },
      scheduled: {
        word: 'scheduled',
        meaning: 'Has not begun yet',
      },
      stale: {
        word: 'stale',
        meaning: 'Should have been removed by now',
      },
      succeeded: {
        word: 'succeeded',
        meaning: 'Ended without an error',
      },
      suppressed: {
        word: 'suppressed',
        meaning: 'On record, but kept out of the inbox',
      },
      'timed-out': {
        word: 'timed out',
        meaning: 'Took longer than its time limit and was stopped',
      },
      unknown: 'Not known to this version of the page',
    },
    table: {
      actions: 'Actions',
      first: 'First',
      loading: 'Loading…',
      next: 'Next',
      noMatch: 'Nothing matches these filters',
      pages: 'Pages: {{list}}',
      previous: 'Previous',
      range: '{{from, number}}–{{to, number}} of {{total, number}}',
      reordered: 'The order has changed',
    },
    time: {
      ago: '{{duration}} ago',
      days_one: '{{count, number}} day',
      days_other: '{{count, number}} days',
      in: 'in {{duration}}',
      justNow: 'just now',
      show: {
        label: 'Times in',
        mine: 'my zone ({{zone}})',
        schedule: 'the zone of the schedule',
        utc: 'UTC',
      },
      zoned: '{{time}} {{zone}}, {{other}} yours',
    },
  },
});

/** Says the messages that capabilities share. */
export type CommonT = TFunction<typeof commonMessages>;
