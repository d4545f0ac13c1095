import {
  catalogJobsSchema,
  jobDetailsQuerySchema,
  jobReadPermission,
  jobVersionsQuerySchema,
  jobVersionsSchema,
} from '@craft-easy/backstage-plugin-operations-common';
import { read, type Route } from '../../lib/routes';
import type { CatalogJobsStore } from './CatalogJobsStore';

/** What the catalog's entity provider asks. */
export function catalogJobRoutes(store: CatalogJobsStore): Route[] {
  const can = jobReadPermission;
  // prettier-ignore
  return [
    read('GET /catalog-jobs', can, { summary: 'Every job, with a version that changes whenever its catalog entity would', query: jobVersionsQuerySchema, answer: jobVersionsSchema }, async c => store.versions(await c.access.jobs(can), c.query.after, c.query.limit)),
    read('GET /catalog-jobs/details', can, { summary: 'What the catalog entities of some jobs are made of', query: jobDetailsQuerySchema, answer: catalogJobsSchema }, async c => ({ items: await store.details(await c.access.jobs(can), c.query.id ?? []) })),
  ];
}
