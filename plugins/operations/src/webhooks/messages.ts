import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** The words of the inbox of failed webhooks. */
export const webhookMessages = createTranslationRef({
  id: 'operations.webhooks',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Webhook failures',
    headline: {
      none: 'No open failures',
      noneOf: '{{tenants}}: no open failures',
      all_one: '{{count, number}} delivery failed',
      all_other: '{{count, number}} deliveries failed',
      at_one: '{{count, number}} delivery to {{endpoint}} failed',
      at_other: '{{count, number}} deliveries to {{endpoint}} failed',
      tenant_one: '{{tenant}}: {{count, number}} delivery failed',
      tenant_other: '{{tenant}}: {{count, number}} deliveries failed',
      tenantAt_one:
        '{{tenant}}: {{count, number}} delivery to {{endpoint}} failed',
      tenantAt_other:
        '{{tenant}}: {{count, number}} deliveries to {{endpoint}} failed',
      tenants_one:
        '{{tenants, number}} tenants: {{count, number}} delivery failed',
      tenants_other:
        '{{tenants, number}} tenants: {{count, number}} deliveries failed',
      oldest: 'oldest {{time}}',
    },
    search: {
      label: 'Search by the whole webhook id or by its first characters',
      placeholder: 'Webhook id',
    },
    facets: {
      state: 'State',
      tenant: 'Tenant',
      endpoint: 'Endpoint',
      event: 'Event',
      error: 'Error',
      age: 'Failed within',
    },
    ages: {
      '1h': 'Last hour',
      '12h': 'Last 12 hours',
      '24h': 'Last 24 hours',
      '7d': 'Last 7 days',
      '30d': 'Last 30 days',
    },
    errors: {
      timeout: 'timed out',
      connection: 'connection failed',
      dns: 'host not found',
      tls: 'TLS failed',
      redirect: 'redirected',
      'client-error': 'rejected',
      'server-error': 'server error',
      throttled: 'throttled',
      gone: 'gone',
      'forbidden-address': 'forbidden address',
      'circuit-open': 'not sent, circuit open',
      endpoint: 'endpoint not usable',
      withStatus: '{{error}} {{status}}',
      withCode: '{{error}} ({{code}})',
    },
    chart: {
      title: 'Failures per hour',
      none: 'None in the last {{hours, number}} hours',
      figures:
        '{{total, number}} in the last {{hours, number}} hours, at most {{most, number}} in one hour',
      bar_one: '{{hour}}: {{count, number}} failure',
      bar_other: '{{hour}}: {{count, number}} failures',
      now: 'now',
      hourColumn: 'From',
      countColumn: 'Failed',
      spoken: '{{title}}: {{total, number}} in {{hours, number}} hours',
      spokenBusy:
        '{{title}}: {{total, number}} in {{hours, number}} hours ({{busy}})',
    },
    tenants: {
      title: 'Failures by tenant',
      more_one: '{{count, number}} more in the filter “Tenant”',
      more_other: '{{count, number}} more in the filter “Tenant”',
    },
    groups: {
      title: 'Failures by endpoint and error',
      down: 'endpoint down',
      downWithCircuit: 'endpoint down, circuit {{circuit}}',
      gone: 'endpoint gone',
      largest: 'The {{shown, number}} largest of {{total, number}} groups',
    },
    table: {
      title: 'Failed webhooks',
      event: 'Event',
      tenant: 'Tenant',
      error: 'Error',
      attempts: 'Attempts',
      lastFailed: 'Last failed',
      state: 'State',
      waiting_one: '{{count, number}} new failure',
      waiting_other: '{{count, number}} new failures',
      failure: 'The failed webhooks could not be loaded',
      noMatch: 'No failed webhooks match these filters',
    },
    empty: {
      title: 'Inbox empty',
      text: 'Webhooks that still failed after their last attempt appear here, with payload, attempts and responses.',
    },
    copyId: 'Copy webhook id',
    bulk: {
      all_one: 'All {{count, number}} matching failures selected',
      all_other: 'All {{count, number}} matching failures selected',
      allMoreThan_one:
        'All matching failures selected, more than {{count, number}}',
      allMoreThan_other:
        'All matching failures selected, more than {{count, number}}',
      selectAll_one: 'Select all {{count, number}} matching failures',
      selectAll_other: 'Select all {{count, number}} matching failures',
      selectAllMoreThan_one:
        'Select all matching failures, more than {{count, number}}',
      selectAllMoreThan_other:
        'Select all matching failures, more than {{count, number}}',
    },
    actions: {
      replay: 'Replay',
      replayAgain: 'Replay again…',
      suppress: 'Suppress',
      handle: 'Mark handled',
      mute: 'Mute similar until…',
    },
    actionsOn: {
      replay_one: 'Replay {{count, number}}',
      replay_other: 'Replay {{count, number}}',
      suppress_one: 'Suppress {{count, number}}',
      suppress_other: 'Suppress {{count, number}}',
      handle_one: 'Mark {{count, number}} handled',
      handle_other: 'Mark {{count, number}} handled',
    },
    bulkDialog: {
      counting: 'Counting the matching failures…',
      notCounted: 'The failures could not be counted',
      titles: {
        replay_one: 'Replay {{count, number}} delivery',
        replay_other: 'Replay {{count, number}} deliveries',
        suppress_one: 'Suppress {{count, number}} delivery',
        suppress_other: 'Suppress {{count, number}} deliveries',
        handle_one: 'Mark {{count, number}} delivery handled',
        handle_other: 'Mark {{count, number}} deliveries handled',
      },
      scopes: {
        replay: 'Replays {{deliveries}} to {{endpoints}} of {{tenants}}.',
        suppress: 'Suppresses {{deliveries}} to {{endpoints}} of {{tenants}}.',
        handle:
          'Marks {{deliveries}} to {{endpoints}} of {{tenants}} as handled.',
      },
      effects: {
        replay:
          'Each one keeps its id and its payload and gets a new signature, so that the receiver recognizes what it already has.',
        suppress:
          'They stay on record, leave the inbox, and stay out of it if they fail again.',
        handle:
          'They stay on record and leave the inbox. One that fails again comes back.',
      },
      time: 'Takes about {{duration}} at this rate. You can stop it.',
      skipped: {
        delivered_one: 'Skips {{count, number}} that was delivered.',
        delivered_other: 'Skips {{count, number}} that were delivered.',
        replaying_one: 'Skips {{count, number}} that is being replayed.',
        replaying_other: 'Skips {{count, number}} that are being replayed.',
        expired_one:
          'Skips {{count, number}} whose payload the platform no longer keeps.',
        expired_other:
          'Skips {{count, number}} whose payloads the platform no longer keeps.',
        same_one: 'Skips {{count, number}} that is already resolved.',
        same_other: 'Skips {{count, number}} that are already resolved.',
      },
      rate: {
        label: 'Replays per second and endpoint',
        help: 'Go easy on a receiver that has just recovered.',
      },
      includeDelivered: 'Include those that were delivered',
      outcomes: {
        replay_one: '{{count, number}} delivery will be sent again.',
        replay_other: '{{count, number}} deliveries will be sent again.',
        suppress_one: '{{count, number}} delivery suppressed.',
        suppress_other: '{{count, number}} deliveries suppressed.',
        handle_one: '{{count, number}} delivery marked handled.',
        handle_other: '{{count, number}} deliveries marked handled.',
      },
    },
    counts: {
      deliveries_one: '{{count, number}} delivery',
      deliveries_other: '{{count, number}} deliveries',
      endpoints_one: '{{count, number}} endpoint',
      endpoints_other: '{{count, number}} endpoints',
      tenants_one: '{{count, number}} tenant',
      tenants_other: '{{count, number}} tenants',
    },
    oneDialog: {
      titles: {
        replay: 'Replay {{id}}',
        suppress: 'Suppress {{id}}',
        handle: 'Mark {{id}} handled',
      },
      what: '{{event}} of {{tenant}}, to {{url}}.',
      delivered: 'Delivered at {{time}}.',
      effects: {
        replay:
          'It keeps its id and its payload and gets a new signature, so that the receiver recognizes it if it already has it.',
        suppress:
          'It stays on record, leaves the inbox, and stays out of it if it fails again.',
        handle:
          'It stays on record and leaves the inbox. If it fails again, it comes back.',
      },
      again: 'Yes, deliver it again',
      againProblem:
        'It was already delivered. Confirm that you want it delivered again.',
      outcome: '{{id}} is {{state}}.',
    },
    mute: {
      titleEvent: 'Mute {{event}} of {{tenant}} at {{endpoint}}',
      titleEndpoint: 'Mute everything of {{tenant}} at {{endpoint}}',
      button: 'Mute',
      event: '{{event}} at {{endpoint}}',
      endpoint: 'Everything at {{endpoint}}',
      until:
        'Until {{time}}, further failures are recorded as suppressed and stay out of the inbox and of Attention. It ends by itself.',
      unchanged:
        'Deliveries are still attempted, and every failure stays on record.',
      what: 'What',
      for: 'For',
      durations: {
        '1': '1 hour',
        '4': '4 hours',
        '24': '1 day',
        '72': '3 days',
        '168': '1 week',
        '720': '30 days',
      },
      existing: 'Include those open now',
      outcome: 'Muted until {{time}}.',
    },
    muted: {
      title: 'Muted',
      active_one: '{{count, number}} active',
      active_other: '{{count, number}} active',
      table: 'Active mutes',
      failure: 'The mutes could not be loaded',
      what: 'What',
      row: '{{tenant}} · {{endpoint}} · {{event}}',
      allEndpoints: 'all endpoints',
      allEvents: 'all events',
      why: 'Why',
      count: 'Suppressed',
      until: 'Until',
      end: {
        action: 'Unmute',
        title: 'Unmute {{tenant}}',
        fact: 'From now on, new failures appear in the inbox again. Those recorded as suppressed stay suppressed.',
        outcome: 'Unmuted.',
      },
    },
    replays: {
      label: 'Replay {{id}}',
      progress: 'Progress of the replay',
      titles: {
        running_one: 'Replaying {{count, number}} delivery',
        running_other: 'Replaying {{count, number}} deliveries',
        stopping_one: 'Stopping the replay of {{count, number}} delivery',
        stopping_other: 'Stopping the replay of {{count, number}} deliveries',
        stopped_one: 'Stopped the replay of {{count, number}} delivery',
        stopped_other: 'Stopped the replay of {{count, number}} deliveries',
        ended_one: 'Replay of {{count, number}} delivery has ended',
        ended_other: 'Replay of {{count, number}} deliveries has ended',
      },
      figures: {
        delivered_one: '{{count, number}} delivered',
        delivered_other: '{{count, number}} delivered',
        failed_one: '{{count, number}} failed again',
        failed_other: '{{count, number}} failed again',
        refused_one: '{{count, number}} refused',
        refused_other: '{{count, number}} refused',
        stopped_one: '{{count, number}} not sent',
        stopped_other: '{{count, number}} not sent',
        sent_one: '{{count, number}} in progress',
        sent_other: '{{count, number}} in progress',
        left_one: '{{count, number}} left',
        left_other: '{{count, number}} left',
      },
      stopLabel_one: 'Stop the replay of {{count, number}} delivery',
      stopLabel_other: 'Stop the replay of {{count, number}} deliveries',
      mayNotStop:
        'You do not have the permission {{permission}} for all its tenants.',
      stopDialog: {
        title_one: 'Stop the replay of {{count, number}} delivery',
        title_other: 'Stop the replay of {{count, number}} deliveries',
        button: 'Stop replay',
        left_one:
          '{{count, number}} delivery is still queued. It will not be sent, and stays in the inbox.',
        left_other:
          '{{count, number}} deliveries are still queued. They will not be sent, and stay in the inbox.',
        sending: 'A delivery being sent at this moment may still arrive.',
        delivered: 'Delivered ones stay delivered.',
        outcome_one: 'Stopped. {{count, number}} delivery was not sent.',
        outcome_other: 'Stopped. {{count, number}} deliveries were not sent.',
      },
    },
    failure: {
      title: 'Failed webhook',
      failure: 'The failure could not be loaded',
      tenant: 'Tenant',
      endpoint: 'Endpoint',
      id: 'Webhook id',
      created: 'Created',
      delivered: 'Delivered',
      replayableUntil: 'Replayable until',
      reportedBy: 'Reported by',
      reportedOverHttp: '{{service}}, over HTTP',
      endpointDown: 'went down {{time}}',
      endpointGone: 'answered 410 Gone {{time}}',
      circuitOpen: 'circuit open, next trial {{time}}',
      circuitHalfOpen: 'circuit half-open, the next delivery is a trial',
      history: 'History',
      audit: 'Audit trail',
      events: {
        failed: 'Failed {{time}}',
        'replay-requested': 'Replay requested {{time}}',
        'replay-stopped': 'Replay stopped before it was sent {{time}}',
        'replay-refused': 'Replay refused by the platform {{time}}',
        delivered: 'Delivered {{time}}',
        'failed-again': 'Failed again {{time}}',
        suppressed: 'Suppressed {{time}}',
        handled: 'Marked handled {{time}}',
      },
      eventBy: '{{event}} by {{person}}',
      payload: {
        title: 'Payload',
        label: 'Payload text',
        size: '{{type}}, {{size, number}} bytes',
        truncated: 'truncated: only its beginning left the platform',
        redacted: 'redacted: {{fields}}',
        hidden: 'Not shown',
        hiddenBecause: 'Not shown: {{reason}}',
      },
    },
    attempts: {
      title: 'Attempts',
      total_one: '{{count, number}} in all',
      total_other: '{{count, number}} in all',
      delivered: 'delivered',
      deliveredWithStatus: 'delivered {{status}}',
      notSent: 'not sent',
      replay: 'replay',
      response: {
        title: 'Response',
        headers: 'Response headers',
        body: 'Response body',
      },
    },
    entity: {
      title: 'Webhooks',
      failure: 'The webhooks could not be loaded',
      group_one: '{{endpoint}}: {{count, number}} × {{error}}',
      group_other: '{{endpoint}}: {{count, number}} × {{error}}',
      all: 'All failed webhooks of this tenant',
    },
  },
});

/** Says the words of the inbox. */
export type WebhookT = TFunction<typeof webhookMessages>;
