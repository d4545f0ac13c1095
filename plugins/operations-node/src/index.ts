/**
 * Extension points and services for backend modules of the Operations plugin.
 *
 * @packageDocumentation
 */
export {
  type EngineRunRef,
  type EngineJobRef,
  type EngineObserver,
  type CarryingEngine,
  type KnownRun,
  type EngineAbility,
  type JobEngine,
  type JobEngineExtensionPoint,
  type QueuedRequest,
  jobEngineExtensionPoint,
} from './jobs/JobEngine';
export type {
  EngineHandlers,
  EngineIntake,
  EngineReports,
  EngineRequest,
} from './jobs/EngineIntake';
export { isRedisAway } from './redis/availability';
export {
  keepSubscribed,
  type RedisClient,
  type RedisPurpose,
} from '@craft-easy/backstage-plugin-operations-protocol/redis';
export {
  type OperationsRedis,
  operationsRedisServiceRef,
} from './redis/service';
export {
  type ReadinessChecks,
  readinessChecksServiceRef,
  readinessServiceFactory,
} from './readiness/service';
export {
  type AttentionFact,
  type AttentionSource,
  type AttentionSourceExtensionPoint,
  attentionSourceExtensionPoint,
} from './attention/AttentionSource';
export {
  type CacheKeyFacts,
  type CacheNode,
  type CacheSession,
  type CacheTarget,
  type CacheTargetExtensionPoint,
  cacheTargetExtensionPoint,
} from './caches/CacheTarget';
export {
  type MigrationReading,
  type MigrationStatusSource,
  type MigrationStatusSourceExtensionPoint,
  migrationStatusSourceExtensionPoint,
} from './migrations/MigrationStatusSource';
export {
  type AuditCheckpointArchive,
  type AuditCheckpointExtensionPoint,
  auditCheckpointExtensionPoint,
} from './audit/AuditCheckpointArchive';
export {
  type PermissionGrant,
  type PermissionHoldersExtensionPoint,
  permissionHoldersExtensionPoint,
} from './access/PermissionHolders';
