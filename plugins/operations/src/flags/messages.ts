import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** The words of the page of feature flags. */
export const flagMessages = createTranslationRef({
  id: 'operations.flags',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    title: 'Flags',
    headline: {
      none: 'No flags',
      flags_one: '{{count, number}} flag',
      flags_other: '{{count, number}} flags',
      temporary_one: '{{count, number}} temporary',
      temporary_other: '{{count, number}} temporary',
      overdue_one: '{{count, number}} overdue for removal',
      overdue_other: '{{count, number}} overdue for removal',
    },
    search: { label: 'Search flags', placeholder: 'Key or description' },
    disabled: 'disabled',
    table: {
      title: 'Global flags',
      failure: 'The flags could not be loaded',
      noMatch: 'No flags match these filters',
      serving: 'Serving',
      flag: 'Flag',
      owner: 'Owner',
      until: 'Until',
      changed: 'Changed',
      switch: 'Switch {{key}}',
      then: 'then {{variant}}',
      changedBy: '{{time}} by {{person}}: “{{reason}}”',
      notPublished: 'not published yet',
    },
    empty: {
      title: 'No flags yet',
      text: 'Create one here, or declare it under {{key}} in the configuration of the portal.',
    },
    actions: {
      create: 'Create a flag',
      change: 'Change',
      changeFlag: 'Change what {{key}} serves',
      history: 'History',
      historyOf: 'History of {{key}}',
    },
    create: {
      title: 'Create flag {{key}}',
      titleWithoutKey: 'Create a flag',
      button: 'Create',
      global:
        'The flag is global: every tenant and user gets the same variant.',
      default: 'It serves its default until somebody switches it.',
      outcome: 'Flag {{key}} created. It serves {{variant}}.',
      key: {
        label: 'Key',
        help: 'The key that code uses. It cannot be changed later.',
        problem: 'Letters, digits, dot, dash and underscore',
      },
      description: { label: 'Description' },
      type: { label: 'Type' },
      variants: {
        label: 'Variants',
        help: 'Name and value of each variant, as JSON',
        problem: 'JSON such as {{example}}',
      },
      defaultVariant: {
        label: 'Default',
        problem: 'Choose one of the variants',
      },
      owner: {
        label: 'Owner',
        help: 'The team to ask, such as {{example}}',
        problem: 'An entity reference, such as {{example}}',
      },
      tags: { label: 'Tags', help: 'Separated by commas' },
      removeBy: {
        label: 'Remove by',
        help: 'After this date the flag is marked stale and appears in Attention.',
      },
    },
    change: {
      title: 'Switch {{key}}',
      button: 'Switch',
      turns: 'Turns {{after}} for everybody within a second (now {{before}}).',
      serves: 'Serves {{after}} to everybody within a second (now {{before}}).',
      keeps: 'Keeps serving {{before}}.',
      disables:
        'Disables the flag for everybody within a second (now {{before}}). Code then uses its own default.',
      until: 'Returns to {{variant}} by itself at {{time}}.',
      forGood: 'Stays until somebody changes it.',
      undo: 'Every change can be undone in the history.',
      outcome: '{{key}} now serves {{variant}}.',
      conflict: {
        title: 'Somebody else changed this flag.',
        text: '{{person}} changed it {{time}}: “{{reason}}”. It now serves {{variant}}. Press Switch again to apply your change.',
      },
      serve: 'Serve',
      variant: '{{name}} ({{value}})',
      variantDefault: '{{name}} ({{value}}), default',
      disabledChoice: 'disabled: code uses its own default',
      temporarily: 'Temporarily',
      returnsAt: 'Returns at',
      noEnd: 'Enter an end time',
    },
    history: {
      title: 'History of {{key}}',
      failure: 'The history could not be loaded',
      audit: 'Audit trail',
      empty: 'No changes yet',
      when: 'When',
      who: 'Who and why',
      what: 'Change',
      kinds: {
        created: '{{person}} created the flag: “{{reason}}”',
        changed: '{{person}} changed the flag: “{{reason}}”',
        reverted: '{{person}} undid a change: “{{reason}}”',
        deleted: '{{person}} deleted the flag: “{{reason}}”',
      },
      serves: 'Serves {{variant}}',
      undo: 'Undo',
      undoChange: 'Undo the change of {{time}}',
      nothingBefore: 'The flag did not exist before this change.',
      undoDialog: {
        title: 'Undo a change of {{key}}',
        effect:
          'Restores the flag as it was before “{{reason}}”. It will serve {{variant}}.',
        again: 'This is a change too, and can be undone.',
        outcome: '{{key}} serves {{variant}} again.',
      },
    },
    fields: {
      description: 'Description: {{before}} → {{after}}',
      owner: 'Owner: {{before}} → {{after}}',
      tags: 'Tags: {{before}} → {{after}}',
      variants: 'Variants: {{before}} → {{after}}',
      defaultVariant: 'Default: {{before}} → {{after}}',
      variant: 'Serving: {{before}} → {{after}}',
      until: 'Until {{after}}',
      noUntil: 'No longer temporary',
      afterVariant: 'then {{after}}',
      staleAfter: 'Remove by {{after}}',
      noStaleAfter: 'No removal date',
    },
  },
});

/** Says the words of flags. */
export type FlagT = TFunction<typeof flagMessages>;
