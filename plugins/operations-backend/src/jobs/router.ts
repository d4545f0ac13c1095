import {
  cancelRunSchema,
  errorGroupSchema,
  jobCancelPermission,
  jobDetailSchema,
  jobReadPermission,
  jobRetryPermission,
  jobRunPermission,
  jobsPageSchema,
  jobsQuerySchema,
  logPageSchema,
  logQuerySchema,
  pageSchema,
  queueHistoryQuerySchema,
  queueHistorySchema,
  queuesSchema,
  retryRunSchema,
  runActionResultSchema,
  runDetailSchema,
  runNowSchema,
  runSchema,
  runSearchQuerySchema,
  runsQuerySchema,
  serviceLevelsSchema,
  tenantGridSchema,
  trendQuerySchema,
  trendSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { z } from 'zod';
import { action, read, type Route } from '../lib/routes';
import type { JobsService } from './JobsService';
import type { LevelsService } from './queues/LevelsService';
import type { RunActions } from './runs/RunActions';
import type { RunsService } from './runs/RunsService';

const job = z.object({
  engine: z.string().min(1).max(50),
  name: z.string().min(1).max(200),
});
const run = z.object({ id: z.string().min(1).max(200) });
const runsPage = pageSchema(runSchema);
const errorGroups = z.object({ items: z.array(errorGroupSchema) });

/** Jobs, their runs and logs. */
export function jobRoutes(
  jobs: JobsService,
  runs: RunsService,
  actions: RunActions,
  levels: LevelsService,
): Route[] {
  const can = jobReadPermission;
  // prettier-ignore
  return [
    read('GET /jobs', can, { summary: 'The inventory of jobs', query: jobsQuerySchema, answer: jobsPageSchema }, c => jobs.list(c.query, c.access)),
    read('GET /jobs/:engine/:name', can, { summary: 'A job', params: job, answer: jobDetailSchema }, c => jobs.get(c.params, c.access)),
    read('GET /jobs/:engine/:name/runs', can, { summary: 'Its runs, newest first', params: job, query: runsQuerySchema, answer: runsPage }, c => runs.list(c.params, c.query, c.access)),
    read('GET /jobs/:engine/:name/trend', can, { summary: 'Its days', params: job, query: trendQuerySchema, answer: trendSchema }, c => jobs.trend(c.params, c.query, c.access)),
    read('GET /jobs/:engine/:name/error-groups', can, { summary: 'Its failures, grouped by error', params: job, answer: errorGroups }, c => jobs.errorGroups(c.params, c.access)),
    read('GET /jobs/:engine/:name/tenants', can, { summary: 'The newest runs of each of its tenants', params: job, answer: tenantGridSchema }, c => jobs.tenantGrid(c.params, c.access)),
    read('GET /runs', can, { summary: 'Search for runs over all jobs', query: runSearchQuerySchema, answer: runsPage }, c => runs.find(c.query, c.access)),
    read('GET /runs/:id', can, { summary: 'A run', params: run, answer: runDetailSchema }, c => runs.get(c.params.id, c.access)),
    read('GET /runs/:id/log', can, { summary: 'A part of its log', params: run, query: logQuerySchema, answer: logPageSchema }, c => runs.log(c.params.id, c.query, c.access)),
    action('POST /jobs/:engine/:name/runs', jobRunPermission, { summary: 'Run it now', params: job, body: runNowSchema, answer: runActionResultSchema, status: 202 }, c => actions.runNow(c)),
    action('POST /runs/:id/cancel', jobCancelPermission, { summary: 'Cancel it', params: run, body: cancelRunSchema, answer: runActionResultSchema, status: 202 }, c => actions.cancel(c)),
    action('POST /runs/:id/retry', jobRetryPermission, { summary: 'Run it again, with the same parameters or others', params: run, body: retryRunSchema, answer: runActionResultSchema, status: 202 }, c => actions.retry(c)),
    read('GET /queues', can, { summary: 'Depth, age and workers of the queues', answer: queuesSchema }, c => jobs.queues(c.access)),
    read('GET /queues/history', can, { summary: 'Depth, age and throughput of the queues over 24 hours', query: queueHistoryQuerySchema, answer: queueHistorySchema }, c => levels.history(c.query, c.access)),
    read('GET /service-levels', can, { summary: 'Jobs and their queues against what was declared', query: jobsQuerySchema, answer: serviceLevelsSchema }, c => levels.list(c.query, c.access)),
  ];
}
