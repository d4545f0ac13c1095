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

/** The audit trail. @public */
export const auditRouteRef = createSubRouteRef({
  id: 'operations/audit',
  parent: rootRouteRef,
  path: '/audit',
});
