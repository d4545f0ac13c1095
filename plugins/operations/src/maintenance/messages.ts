import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** The words of the page of maintenance. */
export const maintenanceMessages = createTranslationRef({
  id: 'operations.maintenance',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Maintenance',
    headline: {
      none: 'No maintenance now',
      offline_one: '{{count, number}} window offline',
      offline_other: '{{count, number}} windows offline',
      readOnly_one: '{{count, number}} window read-only',
      readOnly_other: '{{count, number}} windows read-only',
      overrunning_one: '{{count, number}} longer than planned',
      overrunning_other: '{{count, number}} longer than planned',
      planned_one: '{{count, number}} planned',
      planned_other: '{{count, number}} planned',
    },
    states: {
      tenant: {
        now: {
          offline: '{{tenant}} is offline',
          'read-only': '{{tenant}} is read-only',
        },
        planned: {
          offline: '{{tenant}} will be offline',
          'read-only': '{{tenant}} will be read-only',
        },
      },
      platform: {
        now: {
          offline: 'The whole platform is offline',
          'read-only': 'The whole platform is read-only',
        },
        planned: {
          offline: 'The whole platform will be offline',
          'read-only': 'The whole platform will be read-only',
        },
      },
    },
    search: { label: 'Search by tenant', placeholder: 'Tenant' },
    platform: 'the whole platform',
    windows: {
      active: 'Active and planned maintenance',
      past: 'Past maintenance',
      pastTitle: 'Past windows',
      failure: 'The maintenance windows could not be loaded',
      noMatch: 'No maintenance windows match these filters',
      scope: 'Scope',
      mode: 'Mode',
      message: 'Message to users',
      overrunning: 'longer than planned',
      begin: 'Begin maintenance',
      empty: 'No maintenance now, and none planned',
      emptyText:
        'A tenant or the whole platform can be made read-only or taken offline for a while. Maintenance ends by itself.',
      emptyPast: 'None yet',
    },
    extend: {
      title: 'Extend maintenance of {{scope}}',
      outcome: 'Maintenance of {{scope}} extended.',
    },
    end: {
      action: 'End now',
      named: 'End now: maintenance of {{scope}}',
      title: 'End maintenance of {{scope}}',
      effect:
        'Everything works again within a second, and the banner disappears.',
      outcome: 'Maintenance of {{scope}} ended.',
    },
    cancel: {
      action: 'Cancel',
      title: 'Cancel the planned maintenance of {{scope}}',
      keep: 'Keep it planned',
      effect: 'It will not take place, and the announcement disappears.',
      outcome: 'Planned maintenance of {{scope}} cancelled.',
    },
    timeline: {
      title: 'Windows by time',
      window: '{{scope}} {{mode}} from {{start}} to {{end}}',
      bar: '{{mode}}, {{start}} – {{end}}: {{reason}}',
    },
    notice: {
      label: 'Maintenance',
      until: 'until {{time}} ({{left}} left)',
      from: 'from {{time}} (in {{left}})',
      more_one: '{{count, number}} more.',
      more_other: '{{count, number}} more.',
      link: 'Maintenance',
      close: 'Hide until something changes',
    },
    dialog: {
      begin: {
        title: 'Begin maintenance of {{scope}}',
        button: 'Begin',
        effect: 'Begins within a second and ends by itself.',
      },
      plan: {
        title: 'Plan maintenance of {{scope}}',
        button: 'Plan',
        effect: 'Begins by itself at {{time}}, and ends by itself.',
        outcome: 'Maintenance of {{scope}} planned.',
      },
      someTenant: 'a tenant',
      effects: {
        offline:
          'Takes {{scope}} offline: every request that is not on the allow-list gets a 503.',
        'read-only': 'Makes {{scope}} read-only: reads work, writes get a 503.',
      },
      portal:
        'You can end it at any time. Maintenance never locks this portal.',
      tenant: 'Tenant',
      wholePlatform: 'The whole platform',
      mode: 'Mode',
      modes: {
        'read-only': 'Read-only: reads work, writes do not',
        offline: 'Offline: nothing works',
      },
      beginsAt: 'Begins at',
      beginsAtHelp: 'Leave empty to begin now. In your time zone, {{zone}}.',
      noEnd: 'Enter an end time',
      endTooEarly: 'Must be after the beginning',
      announce: 'Announce it to users from now on',
      holdJobs: 'Hold its jobs until the end',
      banner: {
        label: 'Preview of the banner',
        'read-only':
          'Read-only for maintenance: you can look, but not make changes',
        offline: 'Offline for maintenance',
        until: 'until {{time}}',
      },
    },
    messages: {
      language: 'Language',
      message: 'Message to users',
      messageIn: 'Message to users ({{language}})',
      help: 'Plain text. The banner shows it on the pages of the tenant, with the times.',
      remove: 'Remove the message ({{language}})',
      add: 'Add a language',
      notLanguage: 'Such as en, sv or pt-BR',
      twice: 'This language already has a message',
    },
  },
});

/** Says the words of maintenance. */
export type MaintenanceT = TFunction<typeof maintenanceMessages>;
