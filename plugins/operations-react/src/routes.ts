import { createRouteRef, createSubRouteRef } from '@backstage/core-plugin-api';

/** The mount point of the Operations page. @public */
export const rootRouteRef = createRouteRef({ id: 'operations' });

/** Inventory of jobs. @public */
export const jobsRouteRef = createSubRouteRef({
  id: 'operations/jobs',
  parent: rootRouteRef,
  path: '/jobs',
});

/** Page of one job. @public */
export const jobRouteRef = createSubRouteRef({
  id: 'operations/job',
  parent: rootRouteRef,
  path: '/jobs/:engine/:name',
});

/**
 * A run of any job, by its id: it opens on the page of its job. Not below `/runs`, whose page has
 * parts of its own.
 * @public
 */
export const runRouteRef = createSubRouteRef({
  id: 'operations/run',
  parent: rootRouteRef,
  path: '/run/:id',
});

/** What there is of one tenant: attention, jobs, webhooks, limits and maintenance. @public */
export const tenantRouteRef = createSubRouteRef({
  id: 'operations/tenant',
  parent: rootRouteRef,
  path: '/tenants/:tenant',
});

/** The audit trail. @public */
export const auditRouteRef = createSubRouteRef({
  id: 'operations/audit',
  parent: rootRouteRef,
  path: '/audit',
});
