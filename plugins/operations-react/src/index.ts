/**
 * For plugins that add to Operations: a tab of one's own, live data of the backend, and links to
 * what the pages show.
 *
 * @packageDocumentation
 */
export { OperationsCapabilityBlueprint } from './capability';
export { operationsApiRef, type OperationsApi } from './api';
export { useLive, type Live, type LiveOptions } from './useLive';
export { useLinks, type Links } from './links';
export {
  rootRouteRef,
  jobsRouteRef,
  jobRouteRef,
  runRouteRef,
  tenantRouteRef,
  auditRouteRef,
} from './routes';
