import { jobReadPermission } from '@craft-easy/backstage-plugin-operations-common';
import { jobEndpoints } from '@craft-easy/backstage-plugin-operations-common/endpoints';
import { attach } from '../lib/attach';
import type { RequestSigner } from '../platform/requests/RequestSigner';
import type { Route } from '../lib/routes';
import type { Badges } from './badges/Badges';
import type { CatalogJobsStore } from './catalog/CatalogJobsStore';
import type { JobsService } from './JobsService';
import type { LevelsService } from './queues/LevelsService';
import { runActions, type RunActionsOptions } from './runs/actions';
import type { RunsService } from './runs/RunsService';

/** Jobs, their runs and logs, their queues, and what the catalog asks of them. */
export function jobRoutes(options: {
  jobs: JobsService;
  runs: RunsService;
  levels: LevelsService;
  catalog: CatalogJobsStore;
  badges: Badges;
  signer: Pick<RequestSigner, 'published'>;
  actions: RunActionsOptions;
}): Route[] {
  const { jobs, runs, levels, catalog, badges, signer } = options;
  return attach('jobs', jobEndpoints, {
    'GET /request-keys': () => ({ items: signer.published }),
    'GET /jobs': c => jobs.list(c.query, c.access),
    'GET /jobs/:engine/:name': c => jobs.get(c.params, c.access),
    'GET /jobs/:engine/:name/badge': async c =>
      badges.locate(await jobs.seen(c.params, c.access)),
    'GET /jobs/:engine/:name/runs': c => runs.list(c.params, c.query, c.access),
    'GET /jobs/:engine/:name/trend': c =>
      jobs.trend(c.params, c.query, c.access),
    'GET /jobs/:engine/:name/error-groups': c =>
      jobs.errorGroups(c.params, c.access),
    'GET /jobs/:engine/:name/tenants': c => jobs.tenantGrid(c.params, c.access),
    'GET /runs/:id': c => runs.get(c.params.id, c.access),
    'GET /runs/:id/log': c => runs.log(c.params.id, c.query, c.access),
    'GET /queues': c => jobs.queues(c.access),
    'GET /queues/history': c => levels.history(c.query, c.access),
    'GET /service-levels': c => levels.list(c.query, c.access),
    'GET /catalog-jobs': async ({ access, query }) =>
      catalog.versions(
        await access.jobs(jobReadPermission),
        query.after,
        query.limit,
      ),
    'GET /catalog-jobs/details': async ({ access, query }) => ({
      items: await catalog.details(
        await access.jobs(jobReadPermission),
        query.id ?? [],
      ),
    }),
    ...runActions(options.actions),
  });
}
