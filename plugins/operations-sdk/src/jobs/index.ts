/**
 * Declare batch jobs and run them, so that operators see and steer them in Backstage.
 *
 * @packageDocumentation
 */
export { defineJob } from './declare/defineJob';
export { JobDeclarationError } from './declare/JobDeclarationError';
export type {
  DeclaredRegistration,
  DurationInput,
  HandlerResult,
  JobDeclaration,
  JobDefinition,
  JobHandler,
  JobLinkDeclaration,
  ParametersDeclaration,
  ParametersOf,
  ScheduleDeclaration,
} from './declare/types';
export type { JobContext } from './run/context';
export { RunInterruptedError, type InterruptionKind } from './run/Interruption';
export { startWorker } from './worker/startWorker';
export type { StartWorkerOptions, WorkerHandle } from './worker/options';
export type { ClaimReplicas } from './schedule/Claims';
export type { SlotWitness, WitnessedClaim } from './schedule/witness';
export type { WorkerLogger } from './worker/logger';
export type { RequestKey } from '../requests/RequestVerifier';
export type { ConnectionInput } from '../redis/connection';
export {
  createJobClient,
  type EnqueueRequest,
  type JobClient,
  type JobClientOptions,
} from './client';
