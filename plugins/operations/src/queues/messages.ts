import { createTranslationRef } from '@backstage/frontend-plugin-api';
import type { TFunction } from '../components/messages';

/** What is said of queues and service levels. */
export const queueMessages = createTranslationRef({
  id: 'operations.queues',
  translations: { sv: () => import('./messages.sv') },
  messages: {
    allQueues: 'All queues',
    yourQueues_one: 'The {{count, number}} queue that you may see',
    yourQueues_other: 'The {{count, number}} queues that you may see',
    charts: {
      ended: 'Ended per 10 min',
      max: 'up to {{max}}',
      none: 'none',
      now: 'now',
      oldest: 'Longest wait',
      waiting: 'Most waiting',
    },
    columns: {
      active: 'Active',
      days30: '30 days',
      days7: 'Met, 7 days',
      delayed: 'Delayed',
      ended: 'Ended',
      job: 'Job',
      oldest: 'Oldest wait',
      p50: 'p50',
      p95: 'p95',
      waiting: 'Waiting',
      workers: 'Workers',
    },
    day: {
      ended_one: '{{count, number}} run ended',
      ended_other: '{{count, number}} runs ended',
      hidden:
        '{{queue}}: not shown to you, since a queue holds the runs of all tenants',
      nothing: '{{queue}}: nothing waited; {{ended}} in 24 hours',
      unknown: '{{queue}}: no samples yet',
      waited:
        '{{queue}}: at most {{waiting, number}} waiting; {{ended}} in 24 hours',
      waitedFor:
        '{{queue}}: at most {{waiting, number}} waiting, for up to {{duration}}; {{ended}} in 24 hours',
    },
    dayFailure: 'The last 24 hours could not be loaded',
    empty: {
      text: 'Each job that a worker announces has a queue of its own; it appears here by itself.',
      title: 'No queues yet',
    },
    ended: {
      day: '{{n, number}} in 24 h',
      hour: '{{n, number}} in 1 h',
    },
    failure: 'The service levels could not be loaded',
    hours: {
      caption: '24 hours: {{queue}}',
      ended: 'Ended',
      from: 'From',
      unknown: 'not known',
    },
    label: 'Service levels',
    share: {
      met_one: '{{met, number}} of {{count, number}} run',
      met_other: '{{met, number}} of {{count, number}} runs',
      none: 'no runs',
      percent: '{{percent, number}} %',
    },
    show: '24 h',
    showAll: 'Show all queues',
    showNamed: '24 h of {{queue}}',
    title: 'Queues and service levels',
  },
});

/** Says the messages of queues. */
export type QueueT = TFunction<typeof queueMessages>;
