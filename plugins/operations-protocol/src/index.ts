/**
 * The language-neutral agreement between a platform and its Operations portal.
 *
 * @packageDocumentation
 */
export {
  PROTOCOL_VERSION,
  DEFAULT_NAMESPACE,
  DEFAULT_QUEUE_PREFIX,
  PORTAL_GROUP,
  WORKERS_GROUP,
  type KeyLayout,
  type ProtocolKeys,
  protocolKeys,
  queuePrefixOf,
} from './keys';
export type { Ability, AbilityState, JobAbilities } from './jobs/abilities';
export type { CancelRequest, ControlMessage } from './jobs/control';
export {
  type JobRegistration,
  type JobRegistrationInput,
  type WorkerRecord,
  HEARTBEAT_INTERVAL_MS,
  WORKER_TTL_MS,
  jobId,
} from './jobs/registration';
export {
  type RunState,
  isFinalState,
  type Trigger,
  type RunRequest,
  type RunRecord,
  type RunRecordInput,
  type RequestSignature,
  type RunClaims,
  RUN_RECORD_FIELD,
  RUN_REQUEST_FIELD,
} from './jobs/runs';
export type { SignedMessage } from './jobs/signed';
export { derivedRunId } from './names';
export type { RateLimitOverrideRecord } from './rate-limits/override';
export type { Quota } from './rate-limits/quota';
export type { FlagRecord } from './flags/flag';
export type { MaintenanceBanner } from './maintenance/banner';
export type { MaintenanceState } from './maintenance/state';
export type { MaintenanceRecord } from './maintenance/window';
export type { MigrationReportInput } from './migrations/report';
