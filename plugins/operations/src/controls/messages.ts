import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** What is said of every control that ends by itself. */
export const controlMessages = createTranslationRef({
  id: 'operations.controls',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    again: 'Again',
    columns: {
      by: 'By, reason',
      how: 'How it ended',
      when: 'When',
      ends: 'Ends',
      state: 'State',
    },
    card: {
      audit: 'Recent actions',
      flags: {
        all: 'All flags',
        empty: 'No flags yet',
        failure: 'The flags could not be loaded',
        serves: '{{flag}} serves {{value}}',
        title: 'Flags',
      },
      limits: {
        failure: 'The rate limits could not be loaded',
        limit: 'Rate limit {{limit}}',
        link: 'Rate limits',
        normal: 'No overrides',
      },
      maintenance: {
        empty: 'No maintenance now, and none planned',
        failure: 'The maintenance could not be loaded',
        link: 'Maintenance',
      },
      title: 'Controls',
    },
    end: {
      after: 'Ends after',
      extendBy: 'Extend by',
      label: 'Ends at',
      preview: '{{time}}: in force for {{duration}}, then it ends by itself.',
      zone: 'In your time zone, {{zone}}.',
    },
    extend: {
      button: 'Extend',
      facts: {
        anytime: 'You can still end it at any time.',
        end: 'It ends at {{end}} now, and at the new end after this.',
      },
      label: 'New end',
      missing: 'Choose an end',
      more: '+{{duration}}',
      tooEarly: 'Must be later than the present end, {{end}}',
    },
    past: {
      cancelled: 'Cancelled before it began, by {{person}} {{reason}}',
      early: 'Ended early, by {{person}} {{reason}}',
      lasted: '{{period}} ({{duration}})',
      planned: 'Ended as planned',
      wasPlanned: 'Planned for {{time}}',
    },
    starts: 'begins {{time}}',
    trail: 'audit trail',
    unpublished: 'not published yet',
  },
});

/** Says the messages of controls. */
export type ControlT = TFunction<typeof controlMessages>;
