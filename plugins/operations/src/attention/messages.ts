import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { ATTENTION_SENTENCES } from '@craft-easy/backstage-plugin-operations-common/internal';
import type { TFunction } from '../components/messages';

/** What the overview of what needs attention says. */
export const attentionMessages = createTranslationRef({
  id: 'operations.attention',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    action: {
      approve: 'Approve',
      named: '{{action}}: {{item}}',
      open: 'Open',
      override: 'Override…',
      overrideNamed: 'Override the limit of {{client}}',
      replay: 'Replay…',
      retry: 'Retry',
      retryNamed: 'Retry {{subject}}',
      run: 'Run…',
      runNamed: 'Go to {{subject}} to run it',
    },
    answer: {
      later_one: '{{count, number}} thing can wait',
      later_other: '{{count, number}} things can wait',
      nothing: 'Nothing needs attention',
      urgent_one: '{{count, number}} urgent',
      urgent_other: '{{count, number}} urgent',
      urgentAndLater_one:
        '{{count, number}} urgent, {{later, number}} can wait',
      urgentAndLater_other:
        '{{count, number}} urgent, {{later, number}} can wait',
    },
    card: {
      empty: 'Nothing needs attention on this job',
      title: 'Attention',
    },
    dialog: {
      facts: {
        acknowledged:
          'It moves to Acknowledged, with your name and reason, and no longer counts.',
        cause:
          'It closes by itself when the cause is gone. You can reopen it at any time.',
        reopen: 'It is open again, and counts.',
        reopenEarlier: 'You can reopen it earlier.',
        snoozed:
          'It is silent until {{time}}. Then it is open again if the cause is still there.',
      },
      for: 'For',
      forLabel: 'For how long',
      hours_one: '{{count, number}} hour',
      hours_other: '{{count, number}} hours',
      outcome: {
        acknowledged: '{{item}}: acknowledged.',
        open: '{{item}}: open again.',
        snoozed: '{{item}}: snoozed.',
      },
      week: '1 week',
    },
    facts: ATTENTION_SENTENCES,
    failure: 'What needs attention could not be loaded',
    empty: {
      text: 'What fails, waits too long, misses its schedule or loses its worker appears here by itself, and disappears once it is resolved.',
      title: 'All clear',
    },
    groups: {
      known: 'Acknowledged',
      now: 'Urgent',
      soon: 'Can wait',
    },
    home: {
      more: 'and {{n, number}} more',
      open: 'Open Operations',
    },
    item: {
      acknowledged: 'Acknowledged by {{person}}: “{{reason}}”',
      severity: {
        critical: 'critical severity',
        high: 'high severity',
        low: 'low severity',
        normal: 'normal severity',
      },
      severityFirst: '{{severity}}: ',
      snoozed: 'Snoozed by {{person}}: “{{reason}}”',
      snoozedUntil: 'Snoozed by {{person}} until {{time}}: “{{reason}}”',
      times_one: '· {{count, number}} time',
      times_other: '· {{count, number}} times',
    },
    label: 'Needs attention',
    title: 'Attention',
    verb: {
      acknowledge: 'Acknowledge',
      reopen: 'Reopen',
      snooze: 'Snooze',
    },
  },
});

/** Says the messages of attention. */
export type AttentionT = TFunction<typeof attentionMessages>;
