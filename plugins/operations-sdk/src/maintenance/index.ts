/**
 * Maintenance mode for platform code: a guard for Express and Fastify, a check for the place where
 * data is written, the hold for a tenant's jobs, and the banner for its users.
 *
 * @packageDocumentation
 */
export { Maintenance, MaintenanceError } from './Maintenance';
export {
  createMaintenanceCheck,
  maintenanceAnswer,
  DEFAULT_ALLOWED_PATHS,
  MAINTENANCE_PROBLEM_TYPE,
  type AllowedPath,
  type GuardedRequest,
  type MaintenanceGuardOptions,
} from './guard';
export {
  expressMaintenanceGuard,
  fastifyMaintenanceGuard,
  maintenanceBannerHandler,
  maintenanceBannerScript,
} from './http';
