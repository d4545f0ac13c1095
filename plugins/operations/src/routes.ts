import {
  auditRouteRef,
  jobRouteRef,
  jobsRouteRef,
  rootRouteRef,
  runRouteRef,
  tenantRouteRef,
} from '@craft-easy/backstage-plugin-operations-react';

/**
 * The routes by their names in a portal of either frontend system, which binds the external routes
 * of other plugins to them.
 */
export const routes = {
  root: rootRouteRef,
  jobs: jobsRouteRef,
  job: jobRouteRef,
  run: runRouteRef,
  tenant: tenantRouteRef,
  audit: auditRouteRef,
};
