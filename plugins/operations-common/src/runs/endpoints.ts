import { z } from 'zod';
import { reasonBodySchema } from '../lib';
import { defineEndpoints } from '../lib/endpoint';
import {
  jobCancelPermission,
  jobReadPermission,
  jobRetryPermission,
} from '../permissions';
import {
  createRunBulkSchema,
  runBulkItemsQuerySchema,
  runBulkItemsSchema,
  runBulkPreviewQuerySchema,
  runBulkPreviewSchema,
  runBulkSchema,
  runBulksQuerySchema,
} from './bulk';
import { upcomingQuerySchema, upcomingSchema } from './upcoming';
import { runContextSchema } from './context';
import {
  runFilterSchema,
  runListQuerySchema,
  runListSchema,
  runSummarySchema,
} from './list';

const params = z.object({ id: z.string().min(1).max(100) });
const bulk = z.object({ bulk: runBulkSchema });

/** @internal */
export const runEndpoints = defineEndpoints({
  'GET /runs': {
    operationId: 'listRuns',
    summary: 'List the runs of all jobs',
    description: 'The newest first.',
    permission: jobReadPermission,
    query: runListQuerySchema,
    answer: runListSchema,
    agents: 'safe',
  },
  'GET /runs/:id/context': {
    operationId: 'getRunContext',
    summary: 'Get what is around a run',
    description:
      'The runs of the same job and tenant before and after it, the last success before it, and how long it usually takes.',
    permission: jobReadPermission,
    params: z.object({ id: z.string().min(1).max(200) }),
    answer: runContextSchema,
    agents: 'safe',
  },
  'GET /run-summary': {
    operationId: 'getRunSummary',
    summary: 'Get a summary of the runs of all jobs',
    description:
      'How many runs a filter matches, by status, job, owner, tenant, trigger, operator, error and duration.',
    permission: jobReadPermission,
    query: runFilterSchema,
    answer: runSummarySchema,
    agents: 'safe',
  },
  'GET /upcoming-runs': {
    operationId: 'listUpcomingRuns',
    summary: 'List upcoming runs',
    description:
      'When the schedules of all jobs start them next, and what a maintenance window or a missing worker would hold up.',
    permission: jobReadPermission,
    query: upcomingQuerySchema,
    answer: upcomingSchema,
    agents: 'safe',
  },
  'GET /upcoming-runs/calendar': {
    operationId: 'exportUpcomingRuns',
    summary: 'Export upcoming runs as a calendar',
    description: 'As an iCalendar file (RFC 5545).',
    permission: jobReadPermission,
    query: upcomingQuerySchema,
    produces: ['text/calendar'],
  },
  'POST /run-bulks/preview': {
    operationId: 'previewRunBulk',
    summary: 'Preview a bulk action on runs',
    description:
      'Exactly how many runs the action would take, and which it would leave out and why.',
    permission: jobReadPermission,
    body: runBulkPreviewQuerySchema,
    answer: runBulkPreviewSchema,
    kind: 'query',
    agents: 'safe',
  },
  'POST /run-bulks': {
    operationId: 'createRunBulk',
    summary: 'Retry or cancel many runs',
    description:
      'Takes what the preview counted, at a pace. Answers 409 if another number than `expected` is selected now.',
    permission: [jobRetryPermission, jobCancelPermission],
    body: createRunBulkSchema,
    answer: bulk,
    status: 202,
    agents: 'destructive',
  },
  'GET /run-bulks': {
    operationId: 'listRunBulks',
    summary: 'List bulk actions on runs',
    description: 'The newest first.',
    permission: jobReadPermission,
    query: runBulksQuerySchema,
    answer: z.object({ items: z.array(runBulkSchema) }),
  },
  'GET /run-bulks/:id': {
    operationId: 'getRunBulk',
    summary: 'Get a bulk action on runs',
    description: 'With how far it is.',
    permission: jobReadPermission,
    params,
    answer: runBulkSchema,
    agents: 'safe',
  },
  'GET /run-bulks/:id/items': {
    operationId: 'listRunBulkItems',
    summary: 'List the runs of a bulk action',
    description: 'With what has become of each.',
    permission: jobReadPermission,
    params,
    query: runBulkItemsQuerySchema,
    answer: runBulkItemsSchema,
  },
  'POST /run-bulks/:id/stop': {
    operationId: 'stopRunBulk',
    summary: 'Stop a bulk action on runs',
    description: 'Nothing more of it is begun; what was begun goes on.',
    permission: [jobRetryPermission, jobCancelPermission],
    params,
    body: reasonBodySchema,
    answer: bulk,
    status: 202,
  },
});
